"""From the slices of all levels of a run to each level's mean and median, with intervals. Pure.

Both intervals pay for a noise that lasts, as common_noise.py finds it in all levels together.

mean    of the rates: the work that was done. What outliers and two modes weigh, it has. Its noise
        is fitted to the relative rates. The variance is that of all levels together (a level whose
        slices happened to meet no outlier is no better known than the others), but for levels whose
        neighbouring slices differ by more than chance makes of it. Where the lasting noise is
        skewed (two modes), both bounds are moved toward its long tail (Johnson, "Modified t Tests
        and Confidence Intervals for Asymmetrical Populations", JASA 1978).
median  half of the slices are below it: outliers and a mode of less than half the time do not move
        it. Its noise is fitted to the slices' normal scores within their level, and the bounds are
        the level's order statistics at the probabilities that this leaves: no distribution of the
        rates is assumed. Levels of few slices have the scores and order statistics of all slices.
        A median of independent values has pi / 2 times the variance of the mean of their scores.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfanalysis.estimates.common_noise import Array, Fit, Group, Kind, fit
from perfanalysis.estimates.modes import Modes, find_modes
from perfanalysis.estimates.statistics import CONFIDENCE, Estimate

UPPER_TAIL = (1 + CONFIDENCE) / 2
# How much more variance a median of independent normal values has than their mean.
OF_MEDIAN = math.pi / 2 - 1
# The skewness of a mean of values whose lasting noise has two states, over that of independent
# values with the same spread.
LASTING_SKEW = 1.5
# An interval is moved by no more than this share of its half width.
MOST_MOVED = 0.5
# The variance of the logarithm of a median of absolute differences of neighbours, times their
# number.
OF_MEDIAN_STEP = 1.5
# So many standard deviations are chance.
BY_CHANCE = 1.5
# Fewer differences say nothing of a group's own spread.
LEAST_STEPS = 6
# Levels with fewer slices have the order statistics of all slices of the run.
LEAST_OWN = 12
# An interval that reaches further than this share from its value says nothing.
SAYS_NOTHING = 0.5
# What changes within this share of a run is seen often enough in it.
COVERED = 1 / 3
NORMAL = statistics.NormalDist()


@dataclass(frozen=True)
class LevelEstimates:
    """What is known of one level.

    Attributes:
        mean: of the rates.
        median: of the rates.
    """

    mean: Estimate
    median: Estimate

    @property
    def relative_half_width(self) -> float:
        """The wider one of both, as a share of its value."""
        return max(self.mean.relative_half_width, self.median.relative_half_width)

    @property
    def known(self) -> bool:
        """Whether the intervals say anything."""
        return self.relative_half_width <= SAYS_NOTHING


@dataclass(frozen=True)
class RunEstimates:
    """What is known of a run.

    Attributes:
        levels: in the order of the groups.
        seconds: from the first to the last slice.
        correlation_seconds: the median of what the slices say of how long the noise lasts; 0: not.
        modes: two speeds between which the machine goes to and fro; None: they are not seen.
    """

    levels: tuple[LevelEstimates, ...]
    seconds: float
    correlation_seconds: float
    modes: Modes | None

    @property
    def covered_seconds(self) -> float:
        """The intervals are good for changes shorter than this."""
        return COVERED * self.seconds


def of_groups(groups: Sequence[Group]) -> RunEstimates:
    """Estimate all levels of a run.

    Args:
        groups: one for each level; each has at least two slices, and a mean and a median rate
            above 0.
    """
    spreads = relative_spreads(groups)
    means = np.array([group.rates.mean() for group in groups])
    middles = np.array([np.median(group.rates) for group in groups])
    relative = [group.rates / mean - 1 for group, mean in zip(groups, means, strict=True)]
    apart = [
        (group.rates / middle - 1) / spread
        for group, middle, spread in zip(groups, middles, spreads, strict=True)
    ]
    # With few slices a level's own order statistics are too few to be its bounds.
    together = [apart] if min(map(len, apart)) < LEAST_OWN else [[part] for part in apart]
    scores = [score for parts in together for score in _scores(parts)]
    kinds = [Kind(relative, spreads**2), Kind(scores, np.ones(len(groups)))]
    of_mean, of_median = fit(groups, kinds)
    halves = half_widths(of_mean.weights, of_mean.scale, of_mean.variances, of_mean.df)
    moved = _moved(groups, relative, of_mean) * halves
    counts = np.array([len(group.rates) for group in groups])
    distances = half_widths(
        of_median.weights, of_median.scale, _of_medians(of_median, counts), of_median.df
    )
    asked = [distances] if len(together) == 1 else list(distances[:, None])
    bounds = [_bounds(np.concatenate(v), d) for v, d in zip(together, asked, strict=True)]
    lower, upper = np.concatenate(bounds, axis=1) * spreads
    levels = tuple(
        LevelEstimates(
            _estimate(mean, mean * (1 + move - half), mean * (1 + move + half)),
            _estimate(middle, middle * (1 + below), middle * (1 + above)),
        )
        for mean, half, move, middle, below, above in zip(
            means, halves, moved, middles, lower, upper, strict=True
        )
    )
    times = np.concatenate([group.times for group in groups])
    return RunEstimates(levels, float(np.ptp(times)), _typical(of_mean), _modes(groups))


def _of_medians(found: Fit, counts: NDArray[np.int64]) -> Array:
    """The variances of medians: of the shares of slices below them, in those of scores.

    Two normal values that correlate by r lie on the same side of the median as if they correlated
    by 2 / pi asin(r). The sum of its series over a correlation that falls exponentially is that of
    r times 1 + r^2 / 18 + 3 r^4 / 200 + ...
    """
    shares = found.shares[:, None]
    lasting = found.variances - (1 - shares) / counts
    more: Array = shares**2 / 18 + 3 * shares**4 / 200 + 15 * shares**6 / 2352
    result: Array = found.variances + OF_MEDIAN / counts + more * lasting
    return result


def _estimate(value: float, lower: float, upper: float) -> Estimate:
    return Estimate(float(value), float(max(0.0, min(lower, value))), float(max(upper, value)))


def _modes(groups: Sequence[Group]) -> Modes | None:
    times = np.concatenate([group.times for group in groups])
    order = np.argsort(times, kind="stable")
    return find_modes([group.rates for group in groups], order)


def _typical(found: Fit) -> float:
    order = np.argsort(found.seconds)
    below = np.cumsum(found.weights[order])
    return float(found.seconds[order][int((below < 0.5).sum())])


def half_widths(weights: Array, scale: Array, variances: Array, df: int) -> Array:
    """What mixtures of Student's t stay within in 95 of 100 cases, shape (groups).

    Args:
        weights: of the mixture's parts, shape (parts).
        scale: variance of one slice, shape (parts).
        variances: of each group's mean, in that unit, shape (parts, groups).
        df: degrees of freedom of all parts.
    """
    deviations = np.sqrt(scale[:, None] * variances)
    places, below = student_table(df)
    low, high = np.zeros(deviations.shape[1]), deviations.max(axis=0) * places[-1]
    for _ in range(40):
        middle = (low + high) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.where(deviations > 0, middle / deviations, math.inf)
        inside = weights @ np.interp(at, places, below) < UPPER_TAIL
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    found: Array = (low + high) / 2
    return found


def student_table(df: int) -> tuple[Array, Array]:
    """Places from 0 on, and the probability that Student's t stays below each."""
    places = np.concatenate([np.linspace(0, 8, 321), np.geomspace(8.2, 1e4, 100)])
    density = (1 + places**2 / df) ** (-(df + 1) / 2)
    steps = np.diff(places) * (density[1:] + density[:-1]) / 2
    below = np.concatenate([[0.0], np.cumsum(steps)])
    return places, 0.5 + 0.5 * below / below[-1]


def _scores(parts: Sequence[Array]) -> list[Array]:
    """The normal scores of all values together: what normal values of the same ranks would be."""
    values = np.concatenate(parts)
    expected = [NORMAL.inv_cdf((i + 0.5) / len(values)) for i in range(len(values))]
    ordered = np.sort(values)
    # Equal values have the mean of their scores.
    first, last = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    sums = np.concatenate([[0.0], np.cumsum(expected)])
    found = (sums[last] - sums[first]) / (last - first)
    # Those of few values vary by less than a normal distribution.
    found /= found.std() or 1.0
    return np.split(found, np.cumsum([len(part) for part in parts])[:-1])


def _bounds(values: Array, distances: Array) -> Array:
    """Which values lie so many standard deviations of a normal distribution from the middle.

    Beyond the outermost values their standard deviation carries on.
    """
    ordered, count = np.sort(values), len(values)
    places = np.array([NORMAL.cdf(-part) for part in distances]) * count - 0.5
    beyond = np.maximum(0.0, distances + NORMAL.inv_cdf(0.5 / count)) * float(values.std())
    lower, upper = (
        np.interp(part, np.arange(count), ordered) for part in (places, count - 1 - places)
    )
    return np.array([lower - beyond, upper + beyond])


def _moved(groups: Sequence[Group], relative: Sequence[Array], found: Fit) -> Array:
    """By what share of its half width each interval of a mean is moved, by the skewness."""
    times = np.concatenate([group.times for group in groups])
    values = np.concatenate(relative)[np.argsort(times, kind="stable")]
    if not values.any():
        return np.zeros(len(groups))
    # Third moments of neighbours: outliers of one slice are in none of them.
    before, after = values[:-1], values[1:]
    skew = float((before**2 * after + before * after**2).mean()) / 2 / float(values.std()) ** 3
    ratios = found.variance_ratios
    # A skewness of so few independent values may be chance.
    skew *= skew**2 / (skew**2 + 6 * float(ratios.min()))
    normal = NORMAL.inv_cdf(UPPER_TAIL)
    moved = LASTING_SKEW * skew * np.sqrt(ratios) * (1 + 2 * normal**2) / 6 / normal
    kept: Array = np.clip(moved, -MOST_MOVED, MOST_MOVED)
    return kept


def relative_spreads(groups: Sequence[Group]) -> Array:
    """How much what does not last varies in each group, in shares of its rate and of all groups.

    Of the differences of slices that follow each other in a round: their median, which outliers do
    not move. Groups that differ by no more than chance have 1.
    """
    alike = np.ones(len(groups))
    steps = [
        np.diff(group.rates)[np.diff(group.rounds) == 0] / group.rates.mean() for group in groups
    ]
    counts = np.array([len(part) for part in steps])
    if counts.min() < LEAST_STEPS:
        return alike
    middles = np.array([np.median(np.abs(part)) for part in steps])
    if len(groups) < 2 or middles.min() <= 0:
        return alike
    logs = np.log(middles)
    logs -= np.median(logs)
    # What chance makes of it is taken off (James and Stein, Berkeley Symposium 1961, each group by
    # itself): a level that is four times as noisy keeps nine tenths of that.
    chance = BY_CHANCE**2 * OF_MEDIAN_STEP / counts
    kept = np.maximum(0.0, 1 - chance / np.maximum(logs**2, chance))
    found: Array = np.exp(logs * kept)
    return found
