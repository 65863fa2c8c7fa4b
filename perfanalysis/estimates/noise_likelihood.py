"""The restricted likelihood of noise that lasts, for many correlation times and shares. Pure.

A Kalman filter over the slices in the order of time, whose state is the lasting noise, with one
column for each level's mean, one for a drift and one for each kind of values (de Jong, "The Diffuse
Kalman Filter", Annals of Statistics 1991). Its gains do not depend on the columns, and columns
that several kinds of values share are filtered once.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# So many steps stay in the processor's cache.
AT_ONCE = 32


@dataclass(frozen=True)
class Steps:
    """All slices in some order, put together where there are many.

    Attributes:
        times: seconds.
        lags: from each to the next one, seconds; infinite: no noise lasts so long.
        groups: the number of the group of each.
        counts: how many slices each has.
        values: of each kind, shape (kinds, steps).
        spreads: variance of what does not last, of one slice, shape (kinds, steps).
    """

    times: Array
    lags: Array
    groups: NDArray[np.int64]
    counts: Array
    values: Array
    spreads: Array


@dataclass(frozen=True)
class Points:
    """Where the likelihood is looked at.

    Attributes:
        seconds: correlation time; 0: no lasting noise; shape (points).
        shares: of the lasting noise in the variance, 0..1; shape (points).
    """

    seconds: Array
    shares: Array


def decays(lags: Array, seconds: Array) -> Array:
    """What is left of the lasting noise after each lag, shape (lags, points)."""
    found: Array = np.exp(-lags[:, None] / np.where(seconds > 0, seconds, 1.0))
    return np.where(seconds > 0, found, 0.0)


def restricted(steps: Steps, points: Points, drift_variance: float) -> tuple[Array, Array]:
    """The likelihood but for the sum of squares, and that sum: each of shape (kinds, 2 points).

    The second half of the points is that with a drift along a straight line.

    Args:
        steps: more than there are groups; where a lag is infinite, those before it and behind it
            are of different groups.
        points: where.
        drift_variance: of the drift's prior, in variances of one slice.
    """
    line = (steps.times - steps.times.mean()) / (steps.times.std() or 1.0)
    others = np.column_stack([line, steps.values.T])
    size = len(points.seconds)
    designs, which = np.unique(steps.spreads, axis=0, return_inverse=True)
    every = Points(np.tile(points.seconds, len(designs)), np.tile(points.shares, len(designs)))
    own = np.repeat(designs / steps.counts, size, axis=0).T * (1 - every.shares)
    rest = np.zeros((len(every.shares), others.shape[1], others.shape[1]))
    logs = np.zeros(len(every.shares))
    ends = np.flatnonzero(np.isinf(steps.lags[:-1])) + 1
    for first, end in itertools.pairwise([0, *ends, len(steps.lags)]):
        part = slice(first, end)
        groups = np.unique(steps.groups[part])
        of_means = (steps.groups[part, None] == groups).astype(float)
        columns = np.column_stack([of_means, others[part]])
        of_part = _products(steps.lags[part], columns, len(groups), own[part], every)
        without = _without_means(*of_part, len(groups))
        rest += without[0]
        logs += without[1]
    # Of each kind that of its own spreads.
    places = which.reshape(-1, 1) * size + np.arange(size)
    number = np.arange(1, others.shape[1])[:, None]
    squares, logs = rest[places, number, number], logs[places]
    of_drift = rest[places, 0, 0] + 1 / drift_variance
    drifting = squares - rest[places, 0, number] ** 2 / of_drift
    more = np.log(of_drift) + math.log(drift_variance)
    return (
        -np.concatenate([logs, logs + more], axis=1) / 2,
        np.concatenate([squares, drifting], axis=1),
    )


def _products(
    lags: Array, columns: Array, groups: int, own: Array, points: Points
) -> tuple[Array, Array]:
    """The columns' products under each point's inverse covariance, and its log determinant.

    Shapes (points, columns, columns) and (points). The first ``groups`` columns are theirs.
    """
    decay = decays(lags, points.seconds)
    gains, innovation = _gains(decay, own, points.shares)
    taken, roots = decay * gains, 1 / np.sqrt(innovation)
    kept = decay - taken
    state = np.zeros((columns.shape[1], len(points.shares)))
    found = np.zeros((len(points.shares), len(state), len(state)))
    for first in range(0, len(columns), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        expected = _expected(state, kept[part], taken[part], columns[part], groups)
        state = expected[-1]
        rest = (columns[part, :, None] - expected[:-1]) * roots[part, None, :]
        # Steps last, so that BLAS multiplies.
        rest = np.ascontiguousarray(rest.transpose(2, 1, 0))
        found += np.matmul(rest, rest.transpose(0, 2, 1))
    return found, np.log(innovation).sum(axis=0)


def _gains(decay: Array, own: Array, shares: Array) -> tuple[Array, Array]:
    """The filter's gain and the variance of what it did not expect: each of shape (steps, points).

    Args:
        decay: to the next step.
        own: the variance of what does not last, of each step.
        shares: the variance of the lasting noise.
    """
    squares = decay**2
    new, of_own = shares * (1 - squares), squares * own
    gains, innovation, variance = np.empty_like(own), np.empty_like(own), shares.copy()
    for i in range(len(own)):
        np.add(variance, own[i], out=innovation[i])
        np.divide(variance, innovation[i], out=gains[i])
        np.multiply(of_own[i], gains[i], out=variance)
        variance += new[i]
    return gains, innovation


def _expected(state: Array, kept: Array, taken: Array, columns: Array, first: int) -> Array:
    """What the filter expects of each column before each step and behind the last one.

    Shape (steps + 1, columns, points). The state becomes ``kept`` times itself and ``taken`` times
    the column.

    Args:
        state: before the first step.
        kept, taken: of each step, shape (steps, points).
        columns: shape (steps, columns).
        first: the first column that is not a group's: of those only one is not 0 at each step.
    """
    found = np.empty((len(kept) + 1, *state.shape))
    found[0] = state
    own = columns[:, :first].argmax(axis=1)
    dense = columns[:, first:, None] * taken[:, None, :]
    for i in range(len(kept)):
        after = np.multiply(found[i], kept[i], out=found[i + 1])
        after[own[i]] += taken[i]
        after[first:] += dense[i]
    return found


def _without_means(products: Array, logs: Array, groups: int) -> tuple[Array, Array]:
    """The products of the other columns when the means are integrated out, and what that costs.

    Args:
        products: of ``_products``: the means, then the other columns.
        logs: log determinants.
        groups: how many means.
    """
    of_means = products[:, :groups, :groups]
    with_others = products[:, :groups, groups:]
    solved = np.linalg.solve(of_means, with_others)
    rest = products[:, groups:, groups:] - np.matmul(with_others.transpose(0, 2, 1), solved)
    return rest, logs + np.linalg.slogdet(of_means)[1]
