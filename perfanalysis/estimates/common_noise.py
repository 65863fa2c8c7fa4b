"""The noise that all levels of one run share, and what it makes of their means. Pure; needs numpy.

A machine's slow noise (a neighbour, the clock, the heat) meets whatever is measured at that moment.
One level has some seven rounds and cannot tell how long the noise lasts; the rounds of all levels
of a run, which lie between each other, can. The model of the relative rates of all slices is

    y(i) = mean of its level + u(t(i)) + e(i)

with u a noise that all levels share, whose correlation falls as exp(-lag / T) (Uhlenbeck and
Ornstein, Physical Review 1930), and e one that does not last, whose variance may differ by level.
Unknown are T, the share of u in the variance, and the scale. The first two lie on a grid. For each
of its points the levels' means are flat and the scale is integrated out, which is the restricted
likelihood (Patterson and Thompson, Biometrika 1971; Harville, Biometrika 1974), by a Kalman filter
that carries one column for each mean (de Jong, "The Diffuse Kalman Filter", Annals of Statistics
1991): its time grows with the number of slices alone. The same points are there once more with a
machine that drifts along a straight line beside this.

Priors: no lasting noise 0.25; else every share of the grid alike, and each factor of T as
1 / sqrt(1 + T), T in seconds, from 0.05 s to twice the run; a drift 0.2. A level's mean then has a
mixture of Student's t distributions. What is longer than the run is in none of its differences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHARES = (0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97)
SHORTEST_SECONDS = 0.05
LONGEST_SPANS = 2.0
TIMES = 10
NO_LASTING_NOISE = 0.25
DRIFTS = 0.2
# The prior variance of a drift, as the square of its standard deviation over the run, in variances
# of one slice.
DRIFT_VARIANCE = 4.0
# In longer runs slices of a round are put together, so that the filter stays quick.
MOST_STEPS = 400


@dataclass(frozen=True)
class Group:
    """The slices of one level; each array has one entry a slice, in the order of time.

    Attributes:
        times: the middle of each, seconds.
        rates: of each, above 0 in the mean.
        rounds: the number of the round that each is of: no two levels share one.
    """

    times: Array
    rates: Array
    rounds: NDArray[np.int64]


@dataclass(frozen=True)
class Kind:
    """One kind of values of the slices: relative rates, or scores.

    Attributes:
        values: of each group, one for each slice.
        variances: of what does not last, of each group; only their ratios count.
    """

    values: Sequence[Array]
    variances: Array


@dataclass(frozen=True)
class Fit:
    """What one kind of values says of the noise, at each point of the grid.

    Attributes:
        seconds: correlation time; 0: no lasting noise; shape (points).
        shares: of the lasting noise in the variance, 0..1; shape (points).
        weights: the probability of each point, shape (points).
        scale: the variance of one slice, shape (points).
        variances: of each group's mean, in variances of one slice, shape (points, groups).
        df: degrees of freedom of the scale.
    """

    seconds: Array
    shares: Array
    weights: Array
    scale: Array
    variances: Array
    df: int

    @property
    def variance_ratios(self) -> Array:
        """The expected variance of each group's mean, in variances of one slice."""
        found: Array = self.weights @ self.variances
        return found


@dataclass(frozen=True)
class _Grid:
    """Its points: correlation time, share of the lasting noise, logarithm of the prior."""

    seconds: Array
    shares: Array
    prior: Array


@dataclass(frozen=True)
class _Steps:
    """All slices in the order of time, put together where there are many.

    Attributes:
        times: seconds.
        groups: the number of the group of each.
        counts: how many slices each has.
        values: of each kind, shape (kinds, steps).
        spreads: variance of what does not last, of one slice, shape (kinds, steps).
    """

    times: Array
    groups: NDArray[np.int64]
    counts: Array
    values: Array
    spreads: Array


def fit(groups: Sequence[Group], kinds: Sequence[Kind]) -> list[Fit]:
    """Fit each kind of values by itself.

    Args:
        groups: at least one, each with at least two slices.
        kinds: what is fitted to.
    """
    steps = _steps(groups, kinds)
    points = _grid(float(np.ptp(steps.times)))
    likelihood, squares = _filter(steps, points, len(groups))
    df = len(steps.times) - len(groups)
    lasting = _lasting(steps, points.seconds, len(groups))
    found = []
    for kind in range(len(kinds)):
        rest = np.maximum(squares[kind], np.finfo(float).tiny)
        weights = np.tile(points.prior, 2) + likelihood[kind] - df / 2 * np.log(rest)
        weights[: len(points.prior)] += math.log(1 - DRIFTS)
        weights[len(points.prior) :] += math.log(DRIFTS)
        weights = np.exp(weights - weights.max())
        own = _own(steps, kind, len(groups))
        shares = points.shares[:, None]
        variances = np.tile(shares * lasting + (1 - shares) * own, (2, 1))
        seconds, both = np.tile(points.seconds, 2), np.tile(points.shares, 2)
        found.append(Fit(seconds, both, weights / weights.sum(), rest / df, variances, df))
    return found


def _grid(span: float) -> _Grid:
    """The points for a run of so many seconds; the first one is without lasting noise."""
    longest = max(LONGEST_SPANS * span, 2 * SHORTEST_SECONDS)
    times = np.geomspace(SHORTEST_SECONDS, longest, TIMES)
    seconds, shares = (part.ravel() for part in np.meshgrid(times, SHARES, indexing="ij"))
    prior = 1 / np.sqrt(1 + seconds)
    prior *= (1 - NO_LASTING_NOISE) / prior.sum()
    return _Grid(
        np.append(0.0, seconds), np.append(0.0, shares), np.log(np.append(NO_LASTING_NOISE, prior))
    )


def _steps(groups: Sequence[Group], kinds: Sequence[Kind]) -> _Steps:
    times = np.concatenate([group.times for group in groups])
    rounds = np.concatenate([group.rounds for group in groups])
    numbers = np.repeat(np.arange(len(groups)), [len(group.times) for group in groups])
    values = np.array([np.concatenate(kind.values) for kind in kinds])
    spreads = np.array([kind.variances[numbers] for kind in kinds])
    spreads = spreads / spreads.mean(axis=1, keepdims=True)
    order = np.lexsort((times, rounds))
    length = math.ceil(len(times) / MOST_STEPS)
    # The place of each slice in its round, and from it the step that it is put into.
    first = np.concatenate([[True], np.diff(rounds[order]) != 0])
    starts = np.flatnonzero(first)
    place = np.arange(len(order)) - np.repeat(starts, np.diff([*starts, len(order)]))
    begins = np.flatnonzero(first | (place % length == 0))
    counts = np.diff([*begins, len(order)]).astype(float)

    def mean(of: Array) -> Array:
        found: Array = np.add.reduceat(of[..., order], begins, axis=-1) / counts
        return found

    when = mean(times)
    turn = np.argsort(when, kind="stable")
    return _Steps(
        when[turn],
        numbers[order][begins][turn],
        counts[turn],
        mean(values)[:, turn],
        spreads[:, order][:, begins][:, turn],
    )


def _filter(steps: _Steps, points: _Grid, groups: int) -> tuple[Array, Array]:
    """The likelihood but for the sum of squares, and that sum: each of shape (kinds, 2 points).

    The second half of the points is that with a drift.
    """
    kinds, count = steps.values.shape
    size = len(points.seconds)
    share = np.tile(points.shares, kinds)
    own = np.repeat(steps.spreads / steps.counts, size, axis=0) * (1 - share)[:, None]
    observed = np.repeat(steps.values, size, axis=0)
    decay = _decay(np.diff(steps.times, prepend=steps.times[0]), np.tile(points.seconds, kinds))
    columns = np.zeros((count, groups + 2))
    columns[np.arange(count), steps.groups] = 1.0
    columns[:, groups] = (steps.times - steps.times.mean()) / (steps.times.std() or 1.0)
    state, variance = np.zeros((kinds * size, groups + 2)), share.copy()
    innovations = np.empty((count, kinds * size, groups + 2))
    spread = np.empty((count, kinds * size))
    for i in range(count):
        state *= decay[i][:, None]
        variance = share + decay[i] ** 2 * (variance - share)
        spread[i] = variance + own[:, i]
        np.subtract(columns[i], state, out=innovations[i])
        innovations[i, :, -1] += observed[:, i]
        gain = variance / spread[i]
        state += gain[:, None] * innovations[i]
        variance *= 1 - gain
    innovations /= np.sqrt(spread)[:, :, None]
    products = np.matmul(innovations.transpose(1, 2, 0), innovations.transpose(1, 0, 2))
    logs = np.log(spread).sum(axis=0)
    found = [_restricted(products, logs, groups, drifts=drifts) for drifts in (False, True)]
    likelihood, squares = zip(*found, strict=True)
    return tuple(  # type: ignore[return-value]
        np.concatenate([half.reshape(kinds, size) for half in part], axis=1)
        for part in (likelihood, squares)
    )


def _decay(lags: Array, seconds: Array) -> Array:
    """What is left of the lasting noise after each lag, shape (lags, points)."""
    found: Array = np.exp(-lags[:, None] / np.where(seconds > 0, seconds, 1.0))
    return np.where(seconds > 0, found, 0.0)


def _restricted(products: Array, logs: Array, groups: int, *, drifts: bool) -> tuple[Array, Array]:
    """The restricted likelihood but for the sum of squares, and that sum, of each point."""
    fixed = groups + drifts
    of_means = products[:, :fixed, :fixed].copy()
    if drifts:
        of_means[:, groups, groups] += 1 / DRIFT_VARIANCE
        logs = logs + math.log(DRIFT_VARIANCE)
    with_values = products[:, :fixed, -1]
    solved = np.linalg.solve(of_means, with_values[:, :, None])[:, :, 0]
    squares = products[:, -1, -1] - (with_values * solved).sum(axis=1)
    return -(logs + np.linalg.slogdet(of_means)[1]) / 2, squares


def _lasting(steps: _Steps, seconds: Array, groups: int) -> Array:
    """The variance of each group's mean of the lasting noise alone, shape (points, groups)."""
    times, which = np.unique(seconds, return_inverse=True)
    found = np.empty((len(times), groups))
    for number in range(groups):
        mine = steps.groups == number
        when, weights = steps.times[mine], steps.counts[mine] / steps.counts[mine].sum()
        decay = _decay(np.diff(when, prepend=when[0]), times)
        total, before = np.zeros(len(times)), np.zeros(len(times))
        for i, weight in enumerate(weights):
            before *= decay[i]
            total += weight * (weight + 2 * before)
            before += weight
        found[:, number] = total
    return found[which]


def _own(steps: _Steps, kind: int, groups: int) -> Array:
    """The variance of each group's mean of what does not last, shape (groups)."""
    found = np.empty(groups)
    for number in range(groups):
        mine = steps.groups == number
        found[number] = steps.spreads[kind][mine][0] / steps.counts[mine].sum()
    return found
