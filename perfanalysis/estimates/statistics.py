"""From slices to an estimate and its interval. Pure: lists of numbers in, records out.

The estimate is the median. Its 95 % interval lies between two order statistics and assumes no
distribution: of n independent values, the number below the true median is binomial (n, 1/2). See
Maricq et al., "Taming Performance Variability" (OSDI 2018), section 5. Whole ranks have more than
95 %, so that the bound is interpolated between two of them (Hettmansperger and Sheather, Statistics
and Probability Letters 1986). Slices that follow each
other are not independent: where their ranks correlate, n is cut to the number of independent values
that would tell as much (first-order autoregression: n (1 - r) / (1 + r), with r corrected for its
bias in short series, Marriott and Pope, Biometrika 1954).

This is for values of one stretch of time. The levels of a load test, which are measured in rounds
with others between them, are estimated all together: see run_estimates.py.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95
# A rank correlation below this, over the root of the number, is taken for chance.
CHANCE = 0.9
# Fewer slices of one round say nothing of where its rate stays.
LEAST_OF_ROUND = 3


@dataclass(frozen=True)
class Estimate:
    """A value and the bounds of its 95 % interval, in the unit of the values."""

    value: float
    lower: float
    upper: float

    @property
    def relative_half_width(self) -> float:
        """The larger distance of a bound from the value, as a share of the value."""
        if self.value == 0:
            return math.inf
        return max(self.upper - self.value, self.value - self.lower) / self.value

    def divided_by(self, divisor: float) -> Estimate:
        """The estimate of this, divided by an exactly known number above 0."""
        return Estimate(self.value / divisor, self.lower / divisor, self.upper / divisor)


def interval_ranks(count: int, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """Which order statistics bound the median of ``count`` independent values.

    Returns:
        The narrowest symmetric pair of ranks, counted from 0, that holds the true median with at
        least ``confidence``; None when even the smallest and largest value do not (count < 6 for
        95 %).
    """
    # P(the median lies outside) = 2 * P(Binomial(count, 1/2) <= rank), in whole numbers.
    allowed = math.floor((1 - confidence) / 2 * 2**53) * 2**count >> 53
    combinations, tail, rank = 1, 1, -1
    while tail <= allowed:
        rank += 1
        combinations = combinations * (count - rank) // (rank + 1)
        tail += combinations
    return (rank, count - 1 - rank) if rank >= 0 else None


def interval_position(count: int, confidence: float = CONFIDENCE) -> float | None:
    """The place of the lower bound among ``count`` ordered values, counted from 0; None: no place.

    Between whole ranks it is interpolated so that the interval has just that confidence.
    """
    ranks = interval_ranks(count, confidence)
    if ranks is None:
        return None
    below = ranks[0] + 1
    # One after the other: long runs have thousands of slices, and ask after each round.
    combinations, tail = 1, 0
    for k in range(below):
        tail += combinations
        combinations = combinations * (count - k) // (k + 1)
    wide, narrow = (1 - 2 * part / 2**count for part in (tail, tail + combinations))
    share = (wide - confidence) / (wide - narrow)
    return float(ranks[0] + (count - below) * share / (below + (count - 2 * below) * share))


def rank_correlation(values: Sequence[float]) -> float:
    """The correlation of each value's rank with that of the next one, -1..1; 0 when all are equal.

    Ranks, because one outlier would otherwise decide the result.
    """
    count = len(values)
    if count < 3 or min(values) == max(values):
        return 0.0
    ranks = [0.0] * count
    for rank, index in enumerate(sorted(range(count), key=values.__getitem__)):
        ranks[index] = rank - (count - 1) / 2
    spread = sum(rank * rank for rank in ranks)
    return sum(a * b for a, b in itertools.pairwise(ranks)) / spread


def effective_count(values: Sequence[float]) -> float:
    """How many independent values tell as much about the median as these, in their order.

    A correlation within what chance gives (one in five for independent values) is not corrected
    for.
    """
    count = len(values)
    if count < 6:
        return float(count)
    correlation = (rank_correlation(values) + 1 / count) / (1 - 3 / count)
    if correlation <= CHANCE / math.sqrt(count):
        return float(count)
    correlation = min(correlation, 0.99)
    return count * (1 - correlation) / (1 + correlation)


def estimate(values: Sequence[float]) -> Estimate | None:
    """The median of some values and its 95 % interval; None for fewer than 6 values.

    Args:
        values: in the order of time, as of one stretch of it.
    """
    position = interval_position(len(values))
    if position is None:
        return None
    ordered = sorted(values)
    widening = math.sqrt(len(values) / effective_count(values))
    middle = (len(values) - 1) / 2
    lower = max(0.0, middle - (middle - position) * widening)
    return Estimate(
        statistics.median(ordered),
        max(0.0, _at(ordered, lower)),
        _at(ordered, len(values) - 1 - lower),
    )


def _at(ordered: Sequence[float], position: float) -> float:
    """The value at a place between two ranks."""
    index = min(math.floor(position), len(ordered) - 2)
    low, high = ordered[index], ordered[index + 1]
    # Rounding must not carry it out of the range of both.
    return min(high, low + (high - low) * (position - index))
