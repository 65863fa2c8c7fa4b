"""A straight trend through a series over time, and where it leads, with 95 % intervals. Pure.

Ordinary least squares on means of equal stretches of time. What follows each other is alike: the
number of independent stretches is n (1 - r) / (1 + r), with r the residuals' correlation from one
to the next (as in ``perfanalysis.estimates.statistics``); errors and Student's t go by that number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from perfanalysis.estimates import student
from perfanalysis.promql import Floats

STRETCHES = 60
LEAST = 8


@dataclass(frozen=True)
class Trend:
    """A fitted line and its forecast.

    Attributes:
        times, values: the stretches' middles (Unix seconds) and means.
        ahead: Unix seconds, from the start of the data to the end of the forecast.
        line: the trend at ``ahead``.
        lower, upper: where 95 % of stretches' means are expected.
        slope: change a day, with its 95 % interval below.
        slope_lower, slope_upper: of the slope.
    """

    times: Floats
    values: Floats
    ahead: Floats
    line: Floats
    lower: Floats
    upper: Floats
    slope: float
    slope_lower: float
    slope_upper: float

    @property
    def certain(self) -> bool:
        """Whether the series certainly rises or falls."""
        return self.slope_lower > 0 or self.slope_upper < 0

    def reaches(self, limit: float) -> float | None:
        """When the line crosses a limit from below, Unix seconds; None: not within the forecast."""
        above = np.flatnonzero(self.line >= limit)
        return float(self.ahead[above[0]]) if len(above) and self.slope > 0 else None


def trend(times: Floats, values: Floats, end: float) -> Trend | None:
    """Fit a line; None when fewer than 8 stretches of time have data.

    Args:
        times: Unix seconds, ascending.
        values: of the same length; NaN is left out.
        end: how far ahead to look, Unix seconds.
    """
    finite = np.isfinite(values)
    times, values = times[finite], values[finite]
    if len(values) < LEAST:
        return None
    edges = np.linspace(times[0], times[-1], min(STRETCHES, len(values)) + 1)
    place = np.clip(np.searchsorted(edges, times, side="right") - 1, 0, len(edges) - 2)
    counts = np.bincount(place, minlength=len(edges) - 1)
    having = counts > 0
    if having.sum() < LEAST:
        return None
    x = (
        np.bincount(place, weights=times - times[0], minlength=len(counts)) / np.maximum(counts, 1)
    )[having]
    y = (np.bincount(place, weights=values, minlength=len(counts)) / np.maximum(counts, 1))[having]
    ahead = np.linspace(0.0, max(end - times[0], x[-1]), 120)
    return _fit(times[0], x, y, ahead)


def _fit(origin: float, x: Floats, y: Floats, ahead: Floats) -> Trend:
    middle = x.mean()
    spread = float(((x - middle) ** 2).sum())
    slope = float(((x - middle) * (y - y.mean())).sum() / spread)
    rest = y - y.mean() - slope * (x - middle)
    independent = _independent(rest)
    df = max(1.0, independent - 2)
    deviation = math.sqrt(float((rest**2).sum()) / max(1, len(x) - 2))
    t = student.quantile(0.975, df)
    inflated = len(x) / independent
    half = t * deviation * np.sqrt(1 + inflated * (1 / len(x) + (ahead - middle) ** 2 / spread))
    line = y.mean() + slope * (ahead - middle)
    slope_half = t * deviation * math.sqrt(inflated / spread)
    day = 86400.0
    return Trend(
        x + origin,
        y,
        ahead + origin,
        line,
        line - half,
        line + half,
        slope * day,
        (slope - slope_half) * day,
        (slope + slope_half) * day,
    )


def _independent(rest: Floats) -> float:
    total = float((rest**2).sum())
    if total == 0:
        return float(len(rest))
    correlation = min(max(float((rest[1:] * rest[:-1]).sum()) / total, 0.0), 0.95)
    return max(3.0, len(rest) * (1 - correlation) / (1 + correlation))
