"""How often each machine was scraped, read from neighbouring samples, and when to ask for them.

A range query looks at points of a grid. With a point for each sample, and each sample in the middle
between two points, it sees every sample once; where samples come unevenly, two points for each see
all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.asking.differences import GAP

# Prometheus keeps to the millisecond. What differs by more than this share is uneven; and so is a
# distance that is not whole, which after a day would be somewhere else.
_EVEN = 0.001
# What nothing tells of: as often as Prometheus is usually told to scrape.
USUAL_INTERVAL = 15.0
_SHORTEST = 1.0


@dataclass(frozen=True)
class ScrapeRhythm:
    """How a machine was scraped.

    Attributes:
        interval: seconds from sample to sample.
        phase: when in the interval, as a share of it, 0 to below 1.
        even: whether samples keep to it.
    """

    interval: float
    phase: float
    even: bool


@dataclass(frozen=True)
class Grid:
    """Points in time at which machines are asked for their samples.

    Attributes:
        step: seconds between points.
        shift: seconds from multiples of the step to the points.
        even: whether samples come so evenly that each is as long before its point.
    """

    step: float
    shift: float
    even: bool

    def lateness(self, one: ScrapeRhythm) -> float:
        """How many seconds a machine's samples are before their points; 0: it is not known."""
        return (self.shift - one.phase * one.interval) % self.step if self.even else 0.0

    def points(self, start: float, end: float) -> tuple[float, float]:
        """The first and the last point for the samples of a range, Unix seconds.

        The one before the range begins the first span in it; the last one is not before its end.
        """
        first = np.floor((start - self.shift) / self.step) * self.step + self.shift - self.step
        last = np.ceil((end - self.shift) / self.step) * self.step + self.shift
        return float(first), float(last)


def rhythm_of(times: Floats, estimate: float) -> ScrapeRhythm:
    """What some samples in a row tell.

    Args:
        times: (n,) Unix seconds, ascending.
        estimate: seconds, for when there are too few.
    """
    distances = np.diff(times)
    if not len(distances):
        return ScrapeRhythm(max(_SHORTEST, estimate), 0.0, even=False)
    interval = max(_SHORTEST, round(float(np.median(distances)), 3))
    whole = distances <= GAP * interval
    near = np.abs(distances[whole] - round(interval)) <= _EVEN * interval
    even = bool(near.all()) and interval >= _SHORTEST
    interval = float(round(interval)) if even else interval
    return ScrapeRhythm(interval, float(times[-1] / interval % 1.0), even)


def grids(rhythms: Mapping[str, ScrapeRhythm], window: float) -> dict[Grid, list[str]]:
    """Which machines are asked for on which grid.

    Args:
        rhythms: by machine.
        window: seconds that a value is to be a mean over; 0: from each sample to the next.
    """
    found: dict[Grid, list[str]] = defaultdict(list)
    for name, one in rhythms.items():
        found[_grid(one, window)].append(name)
    return dict(found)


def _grid(one: ScrapeRhythm, window: float) -> Grid:
    if window > one.interval:
        return Grid(window, 0.0, even=False)
    if not one.even:
        return Grid(one.interval / 2, 0.0, even=False)
    # Samples are looked for between two points, where one that comes late or early is still found.
    in_the_middle = 0.25 <= one.phase < 0.75
    return Grid(one.interval, 0.0 if in_the_middle else one.interval / 2, even=True)


def fullest(counts: Iterable[Series], bin_seconds: float) -> dict[str, tuple[float, float]]:
    """By machine, the end of a bin with the most samples, and how far apart these are, in seconds.

    Machines are in as few bins as possible.

    Args:
        counts: how many samples each bin has, by machine.
        bin_seconds: its length.
    """
    having: dict[float, list[str]] = defaultdict(list)
    most: dict[str, float] = {}
    for one in counts:
        name = one.labels.get("instance", "")
        most[name] = float(one.values.max())
        for time in one.times[one.values >= most[name] - 1]:
            having[float(time)].append(name)
    found: dict[str, tuple[float, float]] = {}
    for time in sorted(having, key=lambda when: (-len(having[when]), when)):
        for name in having[time]:
            found.setdefault(name, (time, bin_seconds / most[name]))
    return found


def by_bin(found: Mapping[str, tuple[float, float]]) -> dict[float, list[str]]:
    """The machines to look at in each bin."""
    bins: dict[float, list[str]] = defaultdict(list)
    for name, (time, _) in found.items():
        bins[time].append(name)
    return dict(bins)


def usual_interval(rhythms: Iterable[ScrapeRhythm]) -> float:
    """The interval of most machines."""
    intervals = [one.interval for one in rhythms]
    return float(np.median(intervals)) if intervals else USUAL_INTERVAL
