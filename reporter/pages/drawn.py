"""A report as it is printed. A module of its own: who prints needs nothing of what draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Data:
    """The data of one figure: the name of its file, the figure's title, and the CSV."""

    name: str
    title: str
    content: bytes


@dataclass(frozen=True)
class Drawn:
    """A report as HTML, the data of its figures, and what its maker must hear besides."""

    html: str
    data: Sequence[Data]
    said: Sequence[str] = ()
