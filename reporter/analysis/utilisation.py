"""What a series over time was like: percentiles, saturation, anomalies, pattern of a week. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from perfanalysis.promql import Floats
from reporter.analysis.local_time import local_seconds

# Points on both sides that an anomaly is told from, and how far it must be off.
NEIGHBOURS = 12
FEWEST_NEIGHBOURS = 3
DEVIATIONS = 6.0
LEAST_DISTANCE = 0.15
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# 1.4826 times the median absolute deviation is the standard deviation of a normal distribution.
NORMAL = 1.4826


@dataclass(frozen=True)
class Summary:
    """A series in five numbers, in its own unit; ``points`` says from how many."""

    mean: float
    p50: float
    p95: float
    p99: float
    maximum: float
    points: int


@dataclass(frozen=True)
class Episode:
    """A stretch of time, Unix seconds, and the value in it that is farthest out."""

    start: float
    end: float
    peak: float


def summarise(values: Floats) -> Summary | None:
    """Mean, percentiles (linear between points) and maximum; None when nothing is known."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    p50, p95, p99 = np.percentile(known, (50, 95, 99))
    return Summary(
        float(known.mean()), float(p50), float(p95), float(p99), float(known.max()), len(known)
    )


def episodes(
    times: Floats, values: Floats, chosen: np.typing.NDArray[np.bool_], step: float
) -> list[Episode]:
    """Stretches of chosen points that follow each other; each point stands for ``step`` seconds."""
    at = np.flatnonzero(chosen)
    if not len(at):
        return []
    breaks = np.flatnonzero((np.diff(at) > 1) | (np.diff(times[at]) > 1.5 * step)) + 1
    found = []
    for part in np.split(at, breaks):
        own = values[part]
        peak = own[np.argmax(np.abs(own - np.median(values[np.isfinite(values)])))]
        found.append(Episode(float(times[part[0]] - step), float(times[part[-1]]), float(peak)))
    return found


def saturation(times: Floats, values: Floats, limit: float, step: float) -> tuple[float, float]:
    """Seconds at or above a limit: in all, and in one stretch.

    Args:
        times: seconds, ascending.
        values: of the same length, in the limit's unit.
        limit: from where on it counts.
        step: seconds that a point stands for.
    """
    spans = [e.end - e.start for e in episodes(times, values, values >= limit, step)]
    return sum(spans), max(spans, default=0.0)


def anomalies(times: Floats, values: Floats, step: float) -> list[Episode]:
    """Stretches far from what was usual just before and after.

    A point is far when it is more than 6 standard deviations (made from the median of the absolute
    distances, so that the anomaly does not hide itself) and 0.15 away from the median of its 12
    neighbours on each side. Near the ends there are fewer, as many on both sides, or else a slope
    would be far. Of the outermost three nobody knows what was usual beyond them.

    Args:
        times: seconds, ascending.
        values: ratios 0..1, of the same length.
        step: seconds that a point stands for.
    """
    finite = np.isfinite(values)
    times, values = times[finite], values[finite]
    if len(values) < 2 * NEIGHBOURS + 1:
        return []
    usual = values.copy()
    usual[NEIGHBOURS:-NEIGHBOURS] = np.median(
        sliding_window_view(values, 2 * NEIGHBOURS + 1), axis=1
    )
    for near in range(FEWEST_NEIGHBOURS, NEIGHBOURS):
        usual[near] = np.median(values[: 2 * near + 1])
        usual[-near - 1] = np.median(values[-2 * near - 1 :])
    distance = np.abs(values - usual)
    limit = max(DEVIATIONS * NORMAL * float(np.median(distance)), LEAST_DISTANCE)
    return episodes(times, values, distance > limit, step)


def week(times: Floats, values: Floats, zone: tzinfo = UTC) -> Floats:
    """Means by weekday (rows, Monday first) and hour (columns) of a zone; NaN: nothing is known."""
    finite = np.isfinite(values)
    hours = (local_seconds(times[finite], zone) // 3600).astype(np.int64)
    # 1 January 1970 was a Thursday.
    cells = (hours // 24 + 3) % 7 * 24 + hours % 24
    counts = np.bincount(cells, minlength=168)
    sums = np.bincount(cells, weights=values[finite], minlength=168)
    with np.errstate(invalid="ignore"):
        found: Floats = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).reshape(7, 24)
    return found
