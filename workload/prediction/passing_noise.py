"""How far the speed in one interval may be from a run's mean speed: noise that passes. Pure.

A curve says what a machine does on average. In a given second it does more or less: a neighbour,
the clock, the sibling of a core. The interval of a run's mean does not hold that; its slices
do. Their relative variance over stretches of R seconds is counted, and carried to intervals of T
seconds by the variance of a mean under noise whose correlation falls as exp(-lag / tau) (Uhlenbeck
and Ornstein, Physical Review 1930; the integral of its covariance over a square of side T):

    var(T) / var(R) = g(T / tau) / g(R / tau),    g(x) = 2 (x - 1 + exp(-x)) / x^2

Noise of no memory is the limit of tau -> 0, by which it goes down as R / T. A run of S seconds has
some S / (2 tau) independent moments (Bartlett, Journal of the Royal Statistical Society 1946): of
so few the variance is itself uncertain, and Student's t stands in the place of the normal
distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from perfanalysis.estimates import student

Floats = NDArray[np.float64]

# Below this share of a stretch noise has no memory.
_NO_MEMORY = 1e-3
# Of noise that lasts as long as the run its slices tell little; more is not put back.
_MOST_ALIKE = 0.75
_LEAST_FREEDOM = 2.0
# Of the normal distribution, both sides of a 95 % interval.
Z = 1.959964


@dataclass(frozen=True)
class PassingNoise:
    """What a run's slices tell of the noise within it.

    Attributes:
        variance: of the logarithm of the work done in a stretch of ``seconds``.
        seconds: length of the stretches that were looked at.
        memory: correlation time in seconds; 0: none was seen.
        freedom: degrees of freedom of the variance.
    """

    variance: float
    seconds: float
    memory: float = 0.0
    freedom: float = math.inf

    def over(self, seconds: Floats) -> Floats:
        """The variance over intervals so long; of shorter ones that of ``self.seconds``."""
        longer = np.maximum(seconds, self.seconds)
        if self.memory < _NO_MEMORY * self.seconds:
            return self.variance * self.seconds / longer
        kept = _of_mean(longer / self.memory) / _of_mean(np.array(self.seconds / self.memory))
        found: Floats = self.variance * kept
        return found

    def half_widths(self, seconds: Floats) -> Floats:
        """Half of the 95 % interval of the logarithm of the work in intervals so long."""
        found: Floats = self._factor * np.sqrt(self.over(seconds))
        return found

    @cached_property
    def _factor(self) -> float:
        if math.isinf(self.freedom):
            return Z
        return student.quantile(0.975, max(self.freedom, _LEAST_FREEDOM))


Passing = Callable[[], PassingNoise | None]


@dataclass(frozen=True)
class Stretches:
    """What was done at one busy level in some stretches of a run; (stretches,) each.

    Attributes:
        times: of their middles, seconds; NaN: unknown.
        seconds: how long they are.
        units: that were done.
    """

    times: Floats
    seconds: Floats
    units: Floats


def of_stretches(levels: Sequence[Stretches], memory: float | None) -> PassingNoise | None:
    """The noise of stretches of the same levels; None: no level has two of them.

    Stretches that are near each other are alike where noise lasts, and so is their mean: what that
    takes from their variance, by the mean correlation of two of them, is put back.

    Args:
        levels: of one run.
        memory: correlation time in seconds; None: nothing is known, and none is assumed.
    """
    squares, freedom, seconds = 0.0, 0.0, []
    for one in levels:
        count = len(one.seconds)
        mean = one.units.sum() / one.seconds.sum() if count > 1 else 0.0
        if mean > 0:
            squares += float(((one.units / one.seconds / mean - 1) ** 2).sum())
            freedom += (count - 1) * (1 - _alike(one.times, memory or 0.0))
            seconds.append(one.seconds)
    if not freedom:
        return None
    lasts = memory or 0.0
    independent = _span(levels) / (2 * lasts) if lasts > 0 else math.inf
    return PassingNoise(
        squares / freedom,
        float(np.concatenate(seconds).mean()),
        lasts,
        min(freedom, independent) if independent > 0 else freedom,
    )


def _span(levels: Sequence[Stretches]) -> float:
    """Seconds from the first to the last stretch of a run; 0: unknown."""
    times = np.concatenate([one.times for one in levels])
    return 0.0 if np.isnan(times).any() else float(np.ptp(times))


def _alike(times: Floats, memory: float) -> float:
    """The mean correlation of two stretches; at most ``_MOST_ALIKE``."""
    if memory <= 0 or np.isnan(times).any():
        return 0.0
    lags = np.abs(times[:, None] - times)[~np.eye(len(times), dtype=np.bool_)]
    return min(float(np.exp(-lags / memory).mean()), _MOST_ALIKE)


def _of_mean(times: Floats) -> Floats:
    """The variance of a mean over so many correlation times, in variances of one moment."""
    small = np.maximum(times, 1e-4)
    found: Floats = 2 * (small + np.expm1(-small)) / small**2
    return found
