"""A straight trend through a series over time, and where it leads, with 95 % intervals. Pure.

A trend of what has bounds, such as a ratio, goes no farther than these. What is said of the time
at which it reaches a limit is no sharper than its interval: see ``Reach``.

Ordinary least squares on means of equal stretches of time. What follows each other is alike: the
number of independent stretches is n (1 - r) / (1 + r), with r the residuals' correlation from one
to the next (as in ``perfanalysis.estimates.statistics``); errors and Student's t go by that number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from perfanalysis.estimates import student
from perfanalysis.promql import Floats

STRETCHES = 60
LEAST = 8
DAY = 86400.0
# The share of a day that must be known for its peak to be one.
WHOLE_DAY = 0.75


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

    def within(self, least: float, most: float) -> Trend:
        """The same of what cannot be below or above these."""
        line, lower, upper = (
            np.clip(one, least, most) for one in (self.line, self.lower, self.upper)
        )
        return replace(self, line=line, lower=lower, upper=upper)

    def reach(self, limit: float) -> Reach:
        """When a limit is reached, from the end of the data on."""
        last = float(self.times[-1])
        earliest, likely, latest = (
            self._first(bound, limit, last) for bound in (self.upper, self.line, self.lower)
        )
        end = float(self.ahead[-1])
        if not self.certain or self.slope <= 0:
            # A line that may as well fall says no day at which it surely is there.
            likely = latest = None
        if float(np.interp(last, self.ahead, self.lower)) >= limit:
            return Reach(ReachKind.NOW, last, last, last, end)
        if earliest is None:
            return Reach(ReachKind.NOT_WITHIN, None, None, None, end)
        if latest is not None:
            return Reach(ReachKind.BETWEEN, earliest, likely, latest, end)
        if earliest <= last:
            # What varies by as much as there is up to the limit tells nothing of when.
            seen = bool((self.values >= limit).any())
            kind = ReachKind.ANY_TIME if seen else ReachKind.CANNOT_TELL
            return Reach(kind, earliest, likely, None, end)
        return Reach(ReachKind.NOT_BEFORE, earliest, likely, None, end)

    def _first(self, bound: Floats, limit: float, last: float) -> float | None:
        """When a bound is at a limit, between two points of the forecast too; None: never."""
        ahead = np.concatenate(([last], self.ahead[self.ahead > last]))
        values = np.interp(ahead, self.ahead, bound)
        above = np.flatnonzero(values >= limit)
        if not len(above):
            return None
        i = above[0]
        if i == 0:
            return last
        share = (limit - values[i - 1]) / (values[i] - values[i - 1])
        return float(ahead[i - 1] + share * (ahead[i] - ahead[i - 1]))


class ReachKind(StrEnum):
    """What can be said of the time at which a limit is reached."""

    NOW = "now"
    BETWEEN = "between"
    NOT_BEFORE = "not before"
    ANY_TIME = "any time"
    CANNOT_TELL = "cannot tell"
    NOT_WITHIN = "not within"


@dataclass(frozen=True)
class Reach:
    """When a trend reaches a limit, in Unix seconds, as far as its 95 % interval tells.

    Attributes:
        kind: ``now``: surely at the end of the data; ``between``: after ``earliest`` and before
            ``latest``; ``not before``: after ``earliest`` or never; ``any time``: the interval
            holds the limit already, and it was there before; ``cannot tell``: it was never there,
            and varies so much that the interval holds the limit; ``not within``: not before
            ``end``.
        earliest, likely, latest: when the interval's upper bound, the line and the lower bound are
            there; None: not within the forecast, or the trend is not certain.
        end: of the forecast.
    """

    kind: ReachKind
    earliest: float | None
    likely: float | None
    latest: float | None
    end: float


def daily_peaks(times: Floats, seconds: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The greatest value of each day (UTC) of which three quarters are known.

    Args:
        times: (n,) Unix seconds, ascending.
        seconds: (n,) how long each value stands for.
        values: (n,) finite.

    Returns:
        The middles of the days, and their peaks.
    """
    days, place = np.unique((times - seconds / 2) // DAY, return_inverse=True)
    known = np.bincount(place, weights=seconds, minlength=len(days))
    peaks = np.full(len(days), -np.inf)
    np.maximum.at(peaks, place, values)
    whole = known >= WHOLE_DAY * DAY
    return (days[whole] + 0.5) * DAY, peaks[whole]


def trend(times: Floats, values: Floats, end: float, stretches: int = STRETCHES) -> Trend | None:
    """Fit a line; None when fewer than 8 stretches of time have data.

    Args:
        times: Unix seconds, ascending.
        values: of the same length; NaN is left out.
        end: how far ahead to look, Unix seconds.
        stretches: into how many equal ones to cut the time at most.
    """
    finite = np.isfinite(values)
    times, values = times[finite], values[finite]
    if len(values) < LEAST:
        return None
    edges = np.linspace(times[0], times[-1], min(stretches, len(values)) + 1)
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
    return Trend(
        x + origin,
        y,
        ahead + origin,
        line,
        line - half,
        line + half,
        slope * DAY,
        (slope - slope_half) * DAY,
        (slope + slope_half) * DAY,
    )


def _independent(rest: Floats) -> float:
    total = float((rest**2).sum())
    if total == 0:
        return float(len(rest))
    correlation = min(max(float((rest[1:] * rest[:-1]).sum()) / total, 0.0), 0.95)
    return max(3.0, len(rest) * (1 - correlation) / (1 + correlation))
