"""The noise that all levels of one run share, and what it makes of their means. Pure; needs numpy.

A machine's slow noise (a neighbour, the clock, the heat) meets whatever is measured at that moment.
One level has some seven rounds and cannot tell how long the noise lasts; the rounds of all levels
of a run, which lie between each other, can. The model of the relative rates of all slices is

    y(i) = mean of its level + u(t(i)) + e(i)

with u a noise that all levels share, whose correlation falls as exp(-lag / T) (Uhlenbeck and
Ornstein, Physical Review 1930), and e one that does not last, whose variance may differ by level.
Unknown are T, the share of u in the variance, and the scale. The first two lie on a grid. For each
of its points the levels' means are flat and the scale is integrated out, which is the restricted
likelihood (Patterson and Thompson, Biometrika 1971; Harville, Biometrika 1974) of
noise_likelihood.py, whose time grows with the number of slices alone. The same points are there
once more with a machine that drifts along a straight line beside this.

The same once more where each level has a lasting noise of its own: what only some levels meet.

Priors: no lasting noise 0.25; else every share of the grid alike, and each factor of T as
1 / sqrt(1 + T), T in seconds, from 0.05 s to twice the run; a drift 0.2; a noise of each level's
own 0.1. A level's mean then has a mixture of Student's t distributions. What is longer than the run
is in none of its differences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfanalysis.estimates.noise_likelihood import Points, Steps, decays, restricted

Array = NDArray[np.float64]

SHARES = (0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97)
SHORTEST_SECONDS = 0.05
LONGEST_SPANS = 2.0
TIMES = 10
NO_LASTING_NOISE = 0.25
DRIFTS = 0.2
# That each level has a lasting noise of its own.
APART = 0.1
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
        units: what all values of a group are in; None: 1.
    """

    values: Sequence[Array]
    variances: Array
    units: Array | None = None


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
        evidence: the logarithm of the density of the values under all points together, in units
            that the kinds of one run share where they are of the same values.
    """

    seconds: Array
    shares: Array
    weights: Array
    scale: Array
    variances: Array
    df: int
    evidence: float

    @property
    def variance_ratios(self) -> Array:
        """The expected variance of each group's mean, in variances of one slice."""
        found: Array = self.weights @ self.variances
        return found


def fit(groups: Sequence[Group], kinds: Sequence[Kind]) -> list[Fit]:
    """Fit each kind of values by itself.

    Args:
        groups: at least one, each with at least two slices.
        kinds: what is fitted to.
    """
    steps = _steps(groups, kinds)
    points, prior = _grid(float(np.ptp(steps.times)))
    found = [_fits(steps, points, prior + math.log(1 - APART), kinds)]
    if len(groups) > 1:
        apart = _by_group(steps)
        found.append(_fits(apart, points, prior + math.log(APART), kinds))
    return [either(both) for both in zip(*found, strict=True)]


def _by_group(steps: Steps) -> Steps:
    """The steps group by group: no noise lasts from one to the next."""
    order = np.lexsort((steps.times, steps.groups))
    groups = steps.groups[order]
    times = steps.times[order]
    lags = np.where(np.diff(groups) == 0, np.diff(times), np.inf)
    return Steps(
        times,
        np.append(lags, np.inf),
        groups,
        steps.counts[order],
        steps.values[:, order],
        steps.spreads[:, order],
    )


def _fits(steps: Steps, points: Points, prior: Array, kinds: Sequence[Kind]) -> list[Fit]:
    """What each kind says, where the noise lasts as the steps' lags say."""
    groups = int(steps.groups.max()) + 1
    likelihood, squares = restricted(steps, points, DRIFT_VARIANCE)
    df = len(steps.times) - groups
    lasting = _lasting(steps, points.seconds, groups)
    found = []
    for number, kind in enumerate(kinds):
        rest = np.maximum(squares[number], np.finfo(float).tiny)
        weights = likelihood[number] - df / 2 * np.log(rest)
        weights += np.concatenate([prior + math.log(1 - DRIFTS), prior + math.log(DRIFTS)])
        highest = float(weights.max())
        weights = np.exp(weights - highest)
        evidence = highest + math.log(weights.sum())
        own = _own(steps, number, groups)
        shares = points.shares[:, None]
        variances = np.tile(shares * lasting + (1 - shares) * own, (2, 1))
        seconds, both = np.tile(points.seconds, 2), np.tile(points.shares, 2)
        if (units := kind.units) is not None:
            # Each mean of the group is one of the unknowns.
            evidence -= float(np.log(units[steps.groups]).sum() - np.log(units).sum())
            variances = variances * units**2
        weights /= weights.sum()
        found.append(Fit(seconds, both, weights, rest / df, variances, df, evidence))
    return found


def either(fits: Sequence[Fit]) -> Fit:
    """What several kinds of the same values, each as likely beforehand, say together."""
    highest = max(one.evidence for one in fits)
    likely = np.exp(np.array([one.evidence - highest for one in fits]))
    total = float(likely.sum())
    likely /= total
    return Fit(
        np.concatenate([one.seconds for one in fits]),
        np.concatenate([one.shares for one in fits]),
        np.concatenate([p * one.weights for p, one in zip(likely, fits, strict=True)]),
        np.concatenate([one.scale for one in fits]),
        np.concatenate([one.variances for one in fits]),
        fits[0].df,
        highest + math.log(total),
    )


def _grid(span: float) -> tuple[Points, Array]:
    """The points for a run of so many seconds, and the logarithm of the prior of each.

    The first one is without lasting noise.
    """
    longest = max(LONGEST_SPANS * span, 2 * SHORTEST_SECONDS)
    times = np.geomspace(SHORTEST_SECONDS, longest, TIMES)
    seconds, shares = (part.ravel() for part in np.meshgrid(times, SHARES, indexing="ij"))
    prior = 1 / np.sqrt(1 + seconds)
    prior *= (1 - NO_LASTING_NOISE) / prior.sum()
    return (
        Points(np.append(0.0, seconds), np.append(0.0, shares)),
        np.log(np.append(NO_LASTING_NOISE, prior)),
    )


def _steps(groups: Sequence[Group], kinds: Sequence[Kind]) -> Steps:
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
    return Steps(
        when[turn],
        np.diff(when[turn], append=when[turn][-1]),
        numbers[order][begins][turn],
        counts[turn],
        mean(values)[:, turn],
        spreads[:, order][:, begins][:, turn],
    )


def _lasting(steps: Steps, seconds: Array, groups: int) -> Array:
    """The variance of each group's mean of the lasting noise alone, shape (points, groups)."""
    times, which = np.unique(seconds, return_inverse=True)
    sizes = np.bincount(steps.groups, minlength=groups)
    order = np.argsort(steps.groups, kind="stable")
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    # All groups side by side; behind the end of one its last step stands again, without weight.
    where = (
        np.minimum(np.arange(sizes.max()), sizes[:, None] - 1) + (np.cumsum(sizes) - sizes)[:, None]
    )
    when, weights = steps.times[order][where], np.zeros((groups, sizes.max()))
    weights[steps.groups[order], place] = steps.counts[order]
    weights /= weights.sum(axis=1, keepdims=True)
    lags = np.diff(when, axis=1, prepend=when[:, :1])
    decay = decays(lags.ravel(), times).reshape(*lags.shape, len(times))
    total, before = np.zeros((groups, len(times))), np.zeros((groups, len(times)))
    for i in range(sizes.max()):
        weight = weights[:, i, None]
        before *= decay[:, i]
        total += weight * (weight + 2 * before)
        before += weight
    found: Array = total.T[which]
    return found


def _own(steps: Steps, kind: int, groups: int) -> Array:
    """The variance of each group's mean of what does not last, shape (groups)."""
    found = np.empty(groups)
    for number in range(groups):
        mine = steps.groups == number
        found[number] = steps.spreads[kind][mine][0] / steps.counts[mine].sum()
    return found
