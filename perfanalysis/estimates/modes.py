"""Whether a machine goes to and fro between two speeds. Pure; needs numpy.

All slices of a run, each relative to its level, are cut in two where that explains most of their
variance (Otsu, "A Threshold Selection Method from Gray-Level Histograms", IEEE Transactions on
Systems, Man and Cybernetics 1979). The parts are two modes when their middles lie more than
``APART`` of the parts' deviations apart (Ashman, Bird and Zepf, "Detecting Bimodality in
Astronomical Datasets", Astronomical Journal 1994; by the median absolute deviation: the cut makes
2.7 of one normal distribution and 2.7 of an even one), when each part has a share of the slices,
and when the run has been in each of them several times: a machine that slows down once, or wanders,
has no two modes.

In simulated runs with one mode (white and lasting noise of 0.1 to 4 s, drifts, outliers) it says
two in less than 1 of 100 cases; see tests/perfanalysis/estimates/test_modes.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

APART = 4.5
LEAST_SHARE = 0.1
# Each mode must have been entered so many times.
LEAST_VISITS = 4
# Modes closer than this are of no matter.
LEAST_DIFFERENCE = 0.03
# Fewer slices say nothing of their distribution.
FEWEST = 100


@dataclass(frozen=True)
class Modes:
    """Two speeds of one machine.

    Attributes:
        slow_ratio: the slow one over the quick one, below 1.
        slow_share: of the time, 0..1.
    """

    slow_ratio: float
    slow_share: float


@dataclass(frozen=True)
class Parts:
    """Values in the order of time, cut in two.

    Attributes:
        middles: of the slow and of the quick part.
        states: 1 in the slow part and 0 in the quick one, without values between both.
        slow: whether each value is in the slow part.
        slow_of_each: how much of each value's time was slow, 0..1.
    """

    middles: tuple[float, float]
    states: Array
    slow: NDArray[np.bool_]
    slow_of_each: Array


def find_modes(levels: Sequence[Array], order: NDArray[np.int64]) -> Modes | None:
    """The two speeds of a machine; None: they are not seen.

    Args:
        levels: the rates of each level's slices.
        order: the slices' numbers, one level after the other, in the order of time.
    """
    if len(order) < FEWEST:
        return None
    for relative in relative_rates(levels):
        parts = split(relative[order], LEAST_SHARE)
        if parts is not None and (np.diff(parts.states) > 0).sum() >= LEAST_VISITS:
            low, high = parts.middles
            return Modes(low / high, float(parts.slow.mean()))
    return None


def relative_rates(levels: Sequence[Array]) -> Iterator[Array]:
    """All rates, each relative to its level: to an upper quarter of it, and to a lower one.

    A level's own middle may be of either mode, its quarters less so.
    """
    for quarter in (0.75, 0.25):
        yield np.concatenate([rates / np.quantile(rates, quarter) for rates in levels])


def split(values: Array, least_share: float) -> Parts | None:
    """Some values above 0, in the order of time, cut in two modes; None: they are one.

    Args:
        values: of the slices.
        least_share: of the values that is in each mode.
    """
    ordered, count = np.sort(values), len(values)
    # Shares first: a few outliers would explain more than anything else.
    least = max(1, int(np.ceil(least_share * count)))
    sizes = np.arange(least, count - least + 1)
    sums = np.cumsum(ordered)
    explained = (sums[sizes - 1] - sums[-1] * sizes / count) ** 2 / (sizes * (count - sizes))
    size = int(sizes[explained.argmax()])
    low, high = ordered[:size], ordered[size:]
    middles = (float(np.median(low)), float(np.median(high)))
    deviation = np.hypot(_deviation(low), _deviation(high)) / np.sqrt(2)
    difference = middles[1] - middles[0]
    if difference < LEAST_DIFFERENCE * middles[1] or difference < APART * deviation:
        return None
    # Slices in between are of neither: crossing and coming back is no visit.
    sure = np.where(values < middles[0] + difference / 4, 1.0, np.nan)
    sure = np.where(values > middles[1] - difference / 4, 0.0, sure)
    return Parts(
        middles,
        sure[~np.isnan(sure)],
        values < ordered[size],
        np.clip((middles[1] - values) / difference, 0.0, 1.0),
    )


def _deviation(values: Array) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))
