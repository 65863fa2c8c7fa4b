"""Lines over time and their axes, before they are drawn: records alone, no matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

    ``form`` says a value with so many decimals, which are those of one ``unit`` (of a MiB, where
    the data are bytes). ``top`` None: as the data need. Marks stand at round multiples of ``unit``.
    """

    start: float
    end: float
    step: float
    label: str
    form: Callable[[float, int], str]
    top: float | None = None
    unit: float = 1.0


def without_neighbours(values: Floats) -> NDArray[np.bool_]:
    """Which values are known and stand between unknown ones: no line is drawn from them."""
    known = np.isfinite(values)
    padded = np.concatenate([[False], known, [False]])
    alone: NDArray[np.bool_] = known & ~padded[:-2] & ~padded[2:]
    return alone
