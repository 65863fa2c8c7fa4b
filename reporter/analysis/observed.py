"""Every sample of one quantity of one machine, and the statistics that are taken from all of them.

A counter becomes a ratio or a rate by the differences of neighbouring samples, or over a wider
window where the settings ask for one; a gauge is what its samples say. All statistics of a report
come from here, never from the points of a chart. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from perfanalysis.promql import Floats
from reporter.asking.differences import GAP, Samples

# No percentile is told of fewer samples: of less than a score, the 95th is only the greatest.
FEWEST_SAMPLES = 20
# Counters have hundredths of a second, and values seven digits: 90 % to the eye is not below it.
_ROUNDING = 1e-6
# A gap of fewer seconds than this is none.
_NOTHING = 1.0


def fewest_samples(q: float) -> int:
    """How many samples the percentile ``q`` (0..100) needs, so that some lie beyond it."""
    beyond = min(q, 100 - q) / 100
    return FEWEST_SAMPLES if beyond <= 0 else max(FEWEST_SAMPLES, math.ceil(1 / beyond - 1e-9))


@dataclass(frozen=True)
class Observed:
    """Every sample of one quantity of one machine, as the counters told it.

    Attributes:
        times: (n,) Unix seconds, the end of each span, ascending.
        seconds: (n,) length of each span. Spans over which something is missing are no part of it.
        values: (n,) ratio 0..1 or base unit, the mean over its span.
        window: seconds that each value is a mean over; with differences of neighbouring samples,
            the scrape interval.
    """

    times: Floats
    seconds: Floats
    values: Floats
    window: float

    def __post_init__(self) -> None:
        if not len(self.times) == len(self.seconds) == len(self.values):
            raise ValueError("expected as many times as spans and values")

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(self.values)

    @property
    def known_seconds(self) -> float:
        """How much of the time is known."""
        return float(self.seconds.sum())

    def mean(self) -> float | None:
        """The mean over the time that is known; None: there is none."""
        return float(np.average(self.values, weights=self.seconds)) if self.count else None

    def maximum(self) -> float | None:
        """The greatest value; None: there is none."""
        return float(self.values.max()) if self.count else None

    def percentile(self, q: float) -> float | None:
        """The smallest value that is not exceeded for ``q`` percent of the time.

        Each value has the weight of its span; it is numpy's percentile of the method
        ``inverted_cdf``, and so a value that was seen.

        Args:
            q: 0 to 100.

        Returns:
            None when there are fewer samples than ``fewest_samples`` says.
        """
        if self.count < fewest_samples(q):
            return None
        values, until = self._distribution
        place = int(np.searchsorted(until, q / 100 * until[-1] * (1 - _ROUNDING)))
        return float(values[min(place, self.count - 1)])

    def saturation(self, limit: float) -> tuple[float, float]:
        """Seconds at or above a limit: in all, and in the longest stretch."""
        spans = [stretch[1] - stretch[0] for stretch in self.stretches(limit)]
        over = self.values >= limit - _ROUNDING
        return float(self.seconds[over].sum()), max(spans, default=0.0)

    def stretches(self, limit: float) -> list[tuple[float, float]]:
        """When the quantity was at or above a limit without a break: starts and ends, Unix seconds.

        A gap is a break: of what was in it nothing is known.
        """
        at = np.flatnonzero(self.values >= limit - _ROUNDING)
        if not len(at):
            return []
        begins = self.times - self.seconds
        apart = begins[at[1:]] - self.times[at[:-1]] > self.seconds[at[1:]] / 2
        breaks = np.flatnonzero((np.diff(at) > 1) | apart) + 1
        return [
            (float(begins[part[0]]), float(self.times[part[-1]])) for part in np.split(at, breaks)
        ]

    def gaps(self, start: float, end: float) -> list[tuple[float, float]]:
        """Stretches of a range without samples: starts and ends, Unix seconds.

        Each begins when the first sample that is missing was due, and ends when the next one came:
        with 440 samples lost of one every 15 s it is 110 minutes long. What lies before the first
        span and behind the last one counts from ``GAP`` spans on: no scrape falls on the range's
        ends.
        """
        if not self.count:
            return [(start, end)]
        begins = self.times - self.seconds
        found = []
        if begins[0] - start > GAP * self.seconds[0]:
            found.append((start, float(begins[0])))
        apart = np.flatnonzero(begins[1:] - self.times[:-1] > self.seconds[1:] / 2)
        due = np.minimum(self.times[:-1] + self.seconds[:-1], begins[1:])
        # Of a restart nothing is missing: there are samples, but they tell nothing of one span.
        found += [
            (float(due[i]), float(begins[i + 1]))
            for i in apart
            if begins[i + 1] - due[i] > _NOTHING
        ]
        if end - self.times[-1] > GAP * self.seconds[-1]:
            found.append((float(self.times[-1]), end))
        return found

    def missing(self, start: float, end: float) -> float:
        """Seconds of a range of which nothing is known."""
        return sum(to - since for since, to in self.gaps(start, end))

    @cached_property
    def _distribution(self) -> tuple[Floats, Floats]:
        """Values in order, and for how many seconds none beyond each was seen."""
        order = np.argsort(self.values, kind="stable")
        return self.values[order], np.cumsum(self.seconds[order])


def from_points(times: Floats, values: Floats, step: float, window: float) -> Observed:
    """What the points of a range query tell: each stands for the step before it.

    Args:
        times: Unix seconds, ascending.
        values: of the same length; NaN is nothing known.
        step: seconds between points when none is missing.
        window: seconds that each value is a mean over.
    """
    known = np.isfinite(values)
    return Observed(times[known], np.full(int(known.sum()), step), values[known], window)


def from_samples(found: Samples) -> Observed:
    """What the samples of one series tell; those that tell nothing are left out."""
    values = found.values[1:].astype(np.float64)
    known = np.isfinite(values)
    seconds = np.diff(found.times)[known]
    window = float(np.median(seconds)) if len(seconds) else 0.0
    return Observed(found.times[1:][known], seconds, values[known], window)


def greatest(parts: Sequence[Observed]) -> Observed:
    """At each time the greatest of several, such as a machine's busiest disk.

    Args:
        parts: at least one; those that have a time in common are of one scrape.
    """
    if len(parts) == 1:
        return parts[0]
    times, places = np.unique(np.concatenate([one.times for one in parts]), return_inverse=True)
    values = np.full(len(times), -np.inf)
    np.maximum.at(values, places, np.concatenate([one.values for one in parts]))
    seconds = np.zeros(len(times))
    seconds[places] = np.concatenate([one.seconds for one in parts])
    return Observed(times, seconds, values, max(one.window for one in parts))


NOTHING = from_samples(Samples(np.array([]), np.array([], dtype=np.float32)))
