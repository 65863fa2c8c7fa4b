"""Lines over time and their axes, before they are drawn: records alone, no matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfanalysis.promql import Floats
from reporter.analysis.utilisation import Episode


@dataclass(frozen=True)
class Line:
    """One line: its label, its place (which gives colour and dashes), and its points."""

    label: str
    place: int
    times: Floats
    values: Floats
    marks: Sequence[Episode] = ()


@dataclass(frozen=True)
class Scale:
    """The time axis, in Unix seconds, and the value axis.

    ``top`` None: as the data need. Marks stand at multiples of ``unit``, where that is not 1.
    """

    start: float
    end: float
    step: float
    label: str
    form: Callable[[float], str]
    top: float | None = None
    unit: float = 1.0
