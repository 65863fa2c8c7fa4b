"""What a quantity over time was like: percentiles, unusual stretches, pattern of a week. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from perfanalysis.promql import Floats
from reporter.analysis.local_time import local_seconds
from reporter.analysis.observed import Observed
from reporter.asking.differences import GAP

# The range is cut in so many blocks; what is usual is told from 12 of them on both sides.
BLOCKS = 240
NEIGHBOURS = 12
FEWEST_NEIGHBOURS = 3
DEVIATIONS = 6.0
LEAST_DISTANCE = 0.15
# What lasts for less than half of this is no stretch of time, and hides in its neighbours' median.
SHORTEST_SECONDS = 300.0
# What is so far for more of the time than this is a part of what is usual.
COMMON = 0.05
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 86_400.0
FEWEST_DAYS = 3
# 1.4826 times the median absolute deviation is the standard deviation of a normal distribution.
NORMAL = 1.4826
# Rows of a sliding median at once.
_ROWS = 20_000


@dataclass(frozen=True)
class Summary:
    """A quantity in five numbers, in its own unit.

    ``points`` is from how many samples, ``window`` over how many seconds each is a mean. A
    percentile is None where there are too few samples for it.
    """

    mean: float
    p50: float | None
    p95: float | None
    p99: float | None
    maximum: float
    points: int
    window: float


@dataclass(frozen=True)
class Episode:
    """A stretch of time, Unix seconds, and the value in it that is farthest out."""

    start: float
    end: float
    peak: float


def summarise(found: Observed | None) -> Summary | None:
    """Mean, percentiles and maximum of all samples; None when nothing is known."""
    if found is None or not found.count:
        return None
    return Summary(
        mean=float(np.average(found.values, weights=found.seconds)),
        p50=found.percentile(50),
        p95=found.percentile(95),
        p99=found.percentile(99),
        maximum=float(found.values.max()),
        points=found.count,
        window=found.window,
    )


def anomalies(found: Observed) -> list[Episode]:
    """Stretches of time far from what was usual just before and after.

    Samples count by the median of the five minutes around each, which a burst that comes and goes
    does not move, however its period meets that of the scrapes. One is far when it is more than 6
    standard deviations (made from the median of the absolute distances, so that the anomaly does
    not hide itself) and 0.15 away from what was usual: the median of 12 blocks of the range on each
    side. Near the ends there are fewer, as many on both sides, or else a slope would be far. Of the
    outermost three nobody knows what was usual beyond them. What is far for more than a twentieth
    of the time, as each night may be, is usual; and so is, in three days or more, what most days
    have at that time.
    """
    if found.count < 2 * NEIGHBOURS + 1:
        return []
    length = float(found.times[-1] - found.times[0]) / BLOCKS
    window = float(np.median(found.seconds))
    around = int(min(SHORTEST_SECONDS, 2 * length) / window) // 2
    values = _sliding_median(found.values, around)
    distance = np.abs(values - _usual(found, length))
    if found.times[-1] - found.times[0] >= FEWEST_DAYS * DAY:
        distance = np.minimum(distance, np.abs(values - _usual_at_that_time(found)))
    limit = max(DEVIATIONS * NORMAL * float(np.median(distance)), LEAST_DISTANCE)
    chosen = distance > limit
    if found.seconds[chosen].sum() > COMMON * found.known_seconds:
        return []
    return _episodes(found, chosen)


def _usual(found: Observed, length: float) -> Floats:
    """What was usual where each sample is."""
    blocks = np.floor((found.times - found.times[0]) / max(length, 1e-9)).astype(np.int64)
    _, places = np.unique(blocks, return_inverse=True)
    medians = _medians(places, found.values)
    usual = medians.copy()
    if len(medians) >= 2 * NEIGHBOURS + 1:
        usual[NEIGHBOURS:-NEIGHBOURS] = np.median(
            sliding_window_view(medians, 2 * NEIGHBOURS + 1), axis=1
        )
    for near in range(FEWEST_NEIGHBOURS, min(NEIGHBOURS, (len(medians) + 1) // 2)):
        usual[near] = np.median(medians[: 2 * near + 1])
        usual[-near - 1] = np.median(medians[-2 * near - 1 :])
    by_sample: Floats = usual[places]
    return by_sample


def _usual_at_that_time(found: Observed) -> Floats:
    """The median of all days at the time of day of each sample, to six minutes."""
    times = ((found.times - found.seconds / 2) % DAY / DAY * BLOCKS).astype(np.int64)
    _, places = np.unique(times, return_inverse=True)
    by_sample: Floats = _medians(places, found.values)[places]
    return by_sample


def _medians(groups: np.typing.NDArray[np.int64], values: Floats) -> Floats:
    """The median of each group's values; groups are numbered from 0 without a gap."""
    order = np.lexsort((values, groups))
    counts = np.bincount(groups)
    starts = np.cumsum(counts) - counts
    ordered = values[order]
    medians: Floats = (ordered[starts + (counts - 1) // 2] + ordered[starts + counts // 2]) / 2
    return medians


def _sliding_median(values: Floats, around: int) -> Floats:
    """The median of each value and so many on both sides; at the ends, of those there are."""
    if around < 1:
        return values
    padded = np.pad(values, around, mode="reflect" if around < len(values) else "edge")
    windows = sliding_window_view(padded, 2 * around + 1)
    parts = [np.median(windows[at : at + _ROWS], axis=1) for at in range(0, len(values), _ROWS)]
    return np.concatenate(parts)


def _episodes(found: Observed, chosen: np.typing.NDArray[np.bool_]) -> list[Episode]:
    """Stretches of chosen samples that follow each other without a gap."""
    at = np.flatnonzero(chosen)
    if not len(at):
        return []
    begins = found.times - found.seconds
    apart = begins[at[1:]] - found.times[at[:-1]] > (GAP - 1) * found.seconds[at[1:]]
    breaks = np.flatnonzero((np.diff(at) > 1) | apart) + 1
    middle = float(np.median(found.values))
    episodes = []
    for part in np.split(at, breaks):
        own = found.values[part]
        peak = own[np.argmax(np.abs(own - middle))]
        episodes.append(Episode(float(begins[part[0]]), float(found.times[part[-1]]), float(peak)))
    return episodes


def week(found: Observed, zone: tzinfo = UTC) -> Floats:
    """Means by weekday (rows, Monday first) and hour (columns) of a zone; NaN: nothing is known.

    A span is of the hour in which its middle is.
    """
    hours = (local_seconds(found.times - found.seconds / 2, zone) // 3600).astype(np.int64)
    # 1 January 1970 was a Thursday.
    cells = (hours // 24 + 3) % 7 * 24 + hours % 24
    weights = np.bincount(cells, weights=found.seconds, minlength=168)
    sums = np.bincount(cells, weights=found.values * found.seconds, minlength=168)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Floats = np.where(weights > 0, sums / weights, np.nan).reshape(7, 24)
    return means
