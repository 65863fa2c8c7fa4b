"""The two spreads: within one machine from run to run, and between machines of one type. Pure.

One-way analysis of variance with random effects, on logarithms, so that spreads are shares: with k
machines, n_i runs of each and N in all, MS_within = SS_within / (N - k), MS_between =
SS_between / (k - 1), and the variance between machines is (MS_between - MS_within) / n0 with
n0 = (N - sum n_i^2 / N) / (k - 1), at least 0 (Searle, Casella and McCulloch, "Variance
Components", 1992). The 95 % intervals are generalized confidence intervals (Weerahandi,
"Generalized Confidence Intervals", JASA 1993): the sums of squares are divided by draws of their
chi-squared distributions, and what follows is cut at its 2.5 and 97.5 percent points.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfanalysis.estimates import student
from perfanalysis.estimates.bridging import Bridge, joined
from perfanalysis.estimates.ratios import UPPER_TAIL, RunSpread
from perfanalysis.estimates.statistics import Estimate

_DRAWS = 20_000
# The draws are the same for everybody, so that the same runs give the same interval.
_SEED = 20261124


@dataclass(frozen=True)
class Spreads:
    """What is known of a type of machine; spreads are coefficients of variation (0.01: 1 %).

    Attributes:
        machines: how many.
        runs: of all of them.
        rate: geometric mean of the machines' means, with its 95 % interval where it can be known:
            of the type with several machines, of the machine with one.
        within: of the runs of one machine; None: unknown, there is one run of each.
        between: of machines of the type; None: unknown, there is one machine, or one run of each.
        both: of single runs of different machines; None unless there is one run of each of several.
    """

    machines: int
    runs: int
    rate: Estimate | float
    within: Estimate | None
    between: Estimate | None
    both: Estimate | None


def spreads(
    machines: Sequence[Sequence[float]],
    bridge: Bridge | None = None,
    crossed: Sequence[Sequence[bool]] = (),
) -> Spreads:
    """The spreads of some machines of one type.

    Args:
        machines: for each machine the rates of its runs, above 0, at least one.
        bridge: by which some of them were brought to the others' unit: what it may be off by is in
            all intervals.
        crossed: for each machine which of its runs were.
    """
    logs = [[math.log(rate) for rate in runs] for runs in machines]
    means = [statistics.fmean(runs) for runs in logs]
    total, count = sum(map(len, logs)), len(logs)
    middle = sum(map(sum, logs)) / total
    shift, shares = _shift(bridge), [statistics.fmean(runs) for runs in _marks(logs, crossed)]
    share = sum(part * len(runs) for part, runs in zip(shares, logs, strict=True)) / total
    squares = _Squares()
    for runs, marks, mean, part in zip(logs, _marks(logs, crossed), means, shares, strict=True):
        for value, mark in zip(runs, marks, strict=True):
            squares.add(value - mean, mark - part)
    outer = _Squares()
    for runs, mean, part in zip(logs, means, shares, strict=True):
        outer.add(mean - middle, part - share, len(runs))
    within = between = both = None
    random = np.random.default_rng(_SEED)
    if total > count:
        inner = squares.at(shift) / random.chisquare(total - count, _DRAWS)
        within = _estimate(squares.seen / (total - count), inner)
        if count > 1:
            size = (total - sum(len(runs) ** 2 for runs in logs) / total) / (count - 1)
            found = (outer.seen / (count - 1) - squares.seen / (total - count)) / size
            drawn = (outer.at(shift) / random.chisquare(count - 1, _DRAWS) - inner) / size
            between = _estimate(found, drawn)
    elif count > 1:
        drawn = outer.at(shift) / random.chisquare(count - 1, _DRAWS)
        both = _estimate(outer.seen / (count - 1), drawn)
    part = statistics.fmean(shares)
    rate = _mean(means if count > 1 else logs[0], bridge, part)
    return Spreads(count, total, rate, within, between, both)


@dataclass
class _Squares:
    """A sum of squares in which some values may be off by a common amount."""

    seen: float = 0.0
    mixed: float = 0.0
    moved: float = 0.0

    def add(self, value: float, share: float, weight: int = 1) -> None:
        """Add a value that moves by a share of the amount."""
        self.seen += weight * value**2
        self.mixed += weight * value * share
        self.moved += weight * share**2

    def at(self, shift: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum where these are off by ``shift``."""
        return self.seen + 2 * self.mixed * shift + self.moved * shift**2


def _marks(
    logs: Sequence[Sequence[float]], crossed: Sequence[Sequence[bool]]
) -> Sequence[Sequence[bool]]:
    return crossed or [[False] * len(runs) for runs in logs]


def _shift(bridge: Bridge | None) -> NDArray[np.float64]:
    """What a bridge may be off by."""
    if bridge is None:
        return np.zeros(_DRAWS)
    random = np.random.default_rng(_SEED + 1)
    return bridge.error * random.standard_t(bridge.df, _DRAWS)


def run_spread(groups: Sequence[Sequence[float]]) -> RunSpread | None:
    """What runs of one machine vary by, for ``ratios.compare``; None: there are too few.

    Args:
        groups: rates of runs above 0; those of one group have nothing between them but time, while
            groups may differ by a cause (another release of the operating system, say), which is no
            spread: only what varies within a group counts.
    """
    logs = [[math.log(rate) for rate in group] for group in groups if len(group) > 1]
    df = sum(len(group) - 1 for group in logs)
    if df == 0:
        return None
    squares = sum((len(group) - 1) * statistics.variance(group) for group in logs)
    return RunSpread(squares / df, df)


def _estimate(variance: float, draws: NDArray[np.float64]) -> Estimate:
    lower, upper = np.quantile(draws, (1 - UPPER_TAIL, UPPER_TAIL))
    return Estimate(_variation(variance), _variation(float(lower)), _variation(float(upper)))


def _variation(variance: float) -> float:
    """The coefficient of variation of what has this variance of its logarithm."""
    # With two machines the upper bound grows beyond all that a rate can be off by.
    return math.sqrt(math.expm1(min(max(variance, 0.0), 100.0)))


def _mean(logs: Sequence[float], bridge: Bridge | None, share: float) -> Estimate | float:
    """The mean of logarithms, of which a share was brought to this unit by a bridge."""
    middle = statistics.fmean(logs)
    if len(logs) < 2:
        return math.exp(middle)
    error, df = math.sqrt(statistics.variance(logs) / len(logs)), float(len(logs) - 1)
    if bridge is not None and share:
        error, df = joined((error, df), (share * bridge.error, bridge.df))
    half = student.quantile(UPPER_TAIL, df) * error
    return Estimate(math.exp(middle), math.exp(middle - half), math.exp(middle + half))
