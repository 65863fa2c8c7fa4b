"""From slices to an estimate and its interval. Pure: lists of numbers in, records out.

The estimate is the median. Its 95 % interval lies between two order statistics and assumes no
distribution: of n independent values, the number below the true median is binomial (n, 1/2). See
Maricq et al., "Taming Performance Variability" (OSDI 2018), section 5. Slices that follow each
other are not independent: where their ranks correlate, n is cut to the number of independent values
that would tell as much (first-order autoregression: n (1 - r) / (1 + r)).
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95


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


def interval_confidence(count: int) -> float | None:
    """The confidence that the ranks of ``interval_ranks`` really have: 95 % or a little more."""
    ranks = interval_ranks(count)
    if ranks is None:
        return None
    tail = sum(math.comb(count, k) for k in range(ranks[0] + 1))
    return 1.0 - 2 * tail / int(2**count)


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

    A correlation within what chance gives (one in 20 for independent values) is not corrected for.
    """
    count = len(values)
    correlation = rank_correlation(values)
    if correlation <= 1.645 / math.sqrt(max(count, 1)):
        return float(count)
    return count * (1 - correlation) / (1 + correlation)


def estimate(values: Sequence[float]) -> Estimate | None:
    """The median of some values and its 95 % interval; None for fewer than 6 values.

    Args:
        values: one for each slice, in the order of time.
    """
    ranks = interval_ranks(len(values))
    if ranks is None:
        return None
    ordered = sorted(values)
    widening = math.sqrt(len(values) / effective_count(values))
    middle = (len(values) - 1) / 2
    lower = max(0, math.floor(middle - (middle - ranks[0]) * widening))
    return Estimate(statistics.median(ordered), ordered[lower], ordered[len(values) - 1 - lower])
