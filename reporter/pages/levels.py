"""The measured levels of load tests, ready for tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from reporter.asking.machines import LoadTest


@dataclass(frozen=True)
class LevelRow:
    """A measured level: ``busy`` asked in percent, rates in units per second, ratios 0..1."""

    busy: float
    units: float | None
    lower: float | None
    upper: float | None
    reached: float | None
    steal: float | None


def levels(test: LoadTest) -> list[LevelRow]:
    """A row a level, in the order of the levels."""
    curve = test.curve
    columns = (curve.busy, curve.units, curve.lower, curve.upper, curve.reached, curve.steal)
    known = [[float(x) if np.isfinite(x) else None for x in column] for column in columns]
    return [LevelRow(float(busy or 0), *values) for busy, *values in zip(*known, strict=True)]


def asked(tables: Iterable[Sequence[LevelRow]]) -> list[float]:
    """The levels that any of the machines was asked for, in percent."""
    return sorted({row.busy for table in tables for row in table})


def units_at(table: Sequence[LevelRow], busy: Sequence[float]) -> list[float | None]:
    """A machine's units per second at each of these levels; None: it was not measured there."""
    found = {row.busy: row.units for row in table}
    return [found.get(level) for level in busy]
