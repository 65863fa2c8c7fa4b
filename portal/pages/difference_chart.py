"""Differences with their intervals, as places on a page of paper. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from portal.api.comparison_form import KernelAnswer, MeasureAnswer

WIDTH, LEFT, ROW = 640.0, 230.0, 18.0
# A bound beyond that is drawn at the edge.
_MOST_PERCENT = 1000.0
_NAME = 34


@dataclass(frozen=True)
class DifferenceBar:
    """One side: its name, and x of its difference and interval; None: unknown."""

    name: str
    y: float
    x: float | None
    lower: float | None
    upper: float | None
    told: bool


@dataclass(frozen=True)
class DifferenceChart:
    """All of them.

    Attributes:
        bars: one a side and kernel, but for the baseline.
        ticks: x and percent.
        zero: x of no difference.
        height: of the whole.
    """

    bars: Sequence[DifferenceBar]
    ticks: Sequence[tuple[float, str]]
    zero: float
    height: float


def chart(
    names: Sequence[str], kernels: Sequence[KernelAnswer], measure: str
) -> DifferenceChart | None:
    """The chart of a measure; None: no difference is known."""
    found = [
        (f"{name}, {each.kernel}", one)
        for each in kernels
        for name, side in zip(names, each.sides, strict=True)
        for one in side.measures
        if one.measure == measure and one.difference_percent is not None
    ]
    values = [value for _, one in found for value in _known(one)]
    if not values:
        return None
    low, high = min(0.0, *values), max(0.0, *values)
    step = _step(high - low or 1.0)
    low, high = step * math.floor(low / step), step * math.ceil(high / step) or step
    scale = (WIDTH - LEFT - 20) / (high - low)

    def x(value: float) -> float:
        return LEFT + (_within(value) - low) * scale

    bars = []
    for number, (name, one) in enumerate(found):
        places = [None if value is None else x(value) for value in _figures(one)]
        shown = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
        y, told = ROW * (number + 1), one.withheld is None
        bars.append(DifferenceBar(shown, y, places[0], places[1], places[2], told))
    count = round((high - low) / step)
    ticks = [(x(low + step * i), _said(low + step * i)) for i in range(count + 1)]
    return DifferenceChart(bars, ticks, x(0), ROW * (len(bars) + 2))


def _figures(one: MeasureAnswer) -> tuple[float | None, float | None, float | None]:
    return (
        one.difference_percent,
        one.difference_lower_percent,
        one.difference_upper_percent,
    )


def _known(one: MeasureAnswer) -> list[float]:
    return [_within(value) for value in _figures(one) if value is not None]


def _said(percent: float) -> str:
    return f"{percent:+.6g} %" if abs(percent) > 1e-9 else "0 %"


def _within(value: float) -> float:
    return max(-_MOST_PERCENT, min(_MOST_PERCENT, value))


def _step(span: float) -> float:
    """One, two or five of a power of ten, such that there are four to ten of them."""
    power = 10.0 ** math.floor(math.log10(span / 4))
    return next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= 8)
