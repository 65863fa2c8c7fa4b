"""Values over time, each with the weight of its span: percentiles and shares of time. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workload.prediction.candidate import Floats

# No percentile is told of fewer values: of less than a score, the 95th is only the greatest.
FEWEST_VALUES = 20
# Counters have hundredths of a second, so that shares are not exact to the last digit.
_ROUNDING = 1e-9


def fewest_values(percent: float) -> int:
    """How many values a percentile needs, so that some lie beyond it."""
    beyond = min(percent, 100 - percent) / 100
    return FEWEST_VALUES if beyond <= 0 else max(FEWEST_VALUES, math.ceil(1 / beyond - 1e-9))


@dataclass(frozen=True)
class Distribution:
    """Values and for how long each was there; shape (n,), in the order of time, none NaN."""

    values: Floats
    seconds: Floats

    @classmethod
    def of(cls, values: Floats, seconds: Floats) -> Distribution:
        """What of some values is known."""
        known = np.isfinite(values)
        return cls(values, seconds) if known.all() else cls(values[known], seconds[known])

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    @cached_property
    def known_seconds(self) -> float:
        """How much of the time is known."""
        return float(self.seconds.sum())

    @cached_property
    def mean(self) -> float:
        """Over the time that is known; NaN where none is."""
        return float(self.values @ self.seconds) / self.known_seconds if self.count else math.nan

    @cached_property
    def maximum(self) -> float:
        """The greatest value; NaN where none is known."""
        return float(self.values.max()) if self.count else math.nan

    def percentile(self, percent: float) -> float:
        """The smallest value that is not exceeded for so much of the time.

        It is numpy's percentile of the method ``inverted_cdf``, and so a value that was seen.

        Returns:
            NaN where there are fewer values than ``fewest_values`` says; the greatest for 100.
        """
        if percent >= 100:
            return self.maximum
        if self.count < fewest_values(percent):
            return math.nan
        values, until = self._ordered
        place = int(np.searchsorted(until, percent / 100 * until[-1] * (1 - _ROUNDING)))
        return float(values[min(place, self.count - 1)])

    def share_above(self, limits: Floats) -> Floats:
        """The share of the time with values above each limit, 0 to 1; NaN for a NaN."""
        if not self.count:
            return np.full(np.shape(limits), np.nan)
        values, until = self._ordered
        # What is equal but for rounding is not above.
        place = np.searchsorted(values, limits * (1 + _ROUNDING), side="right")
        below = np.where(place > 0, until[np.maximum(place - 1, 0)], 0.0)
        return np.where(np.isnan(limits), np.nan, np.maximum(0.0, 1 - below / until[-1]))

    @cached_property
    def _ordered(self) -> tuple[Floats, Floats]:
        """Values in order, and for how many seconds none beyond each was there."""
        if np.ptp(self.seconds) == 0:
            return np.sort(self.values), np.cumsum(self.seconds)
        order = np.argsort(self.values)
        return self.values[order], np.cumsum(self.seconds[order])
