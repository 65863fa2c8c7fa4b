"""What few changes between two speeds leave open: how much of the time a machine is slow. Pure.

A run that met three slow spells knows little of their share, however many slices each has; and what
it does not know is skewed: there is more room on the side of the rarer state. The other model of
this package, noise that is normal, has intervals of even sides for it. So where the slices are of
two clearly different speeds, an interval is widened to what two states leave open that are left at
random (a telegraph process): the rates at which each is left have gamma posteriors (Jeffreys'
prior) by how often it was left in how much time, and so the share of the time has that of a ratio
of both.

Two speeds are *named* only where they were met often (modes.py); here one change suffices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.estimates.common_noise import Array, Group
from perfanalysis.estimates.mixtures import UPPER_TAIL
from perfanalysis.estimates.modes import Parts, relative_rates, split

# A rarer state than this is not told from outliers,
LEAST_SHARE = 0.03
# and so is one whose spells are shorter than this, slices.
LEAST_SPELL = 1.5
# A level with less of one state than this was in the other one only, or in that one only.
ONE_STATE = 0.1
# So unlikely is as good as impossible.
HARDLY = 0.02
# When the slow state was met more often than this, the mean varies as normal noise does.
MANY_VISITS = 5


@dataclass(frozen=True)
class Swings:
    """What two states leave open, for the mean of each group.

    Attributes:
        lower, upper: of the mean, over the mean that was found, shape (groups).
        more, less: how much greater and smaller the share of slow time may be than it was.
        whole: by what factor a group may be quicker, as all of it may have been slow; else 1.
        few: whether the slow state was met so seldom that this bears on the means.
    """

    lower: Array
    upper: Array
    more: float
    less: float
    whole: Array
    few: bool


def swings(groups: Sequence[Group]) -> Swings | None:
    """What two states leave open; None: they are not seen.

    Args:
        groups: of one run.
    """
    times = np.concatenate([group.times for group in groups])
    order = np.argsort(times, kind="stable")
    for relative in relative_rates([group.rates for group in groups]):
        parts = split(relative[order], LEAST_SHARE)
        # At a stop, with no work at all, a machine has no second speed.
        if parts is not None and parts.middles[0] > 0 and _lasts(parts):
            slow = np.empty(len(order))
            slow[order] = parts.slow_of_each
            return _left_open(groups, parts, slow)
    return None


def _lasts(parts: Parts) -> bool:
    """Whether both states were met, for longer than outliers last."""
    states = parts.states
    changes = int((np.diff(states) != 0).sum())
    slices = min(float(states.sum()), float((1 - states).sum()))
    return changes > 0 and slices >= LEAST_SPELL * max(1.0, changes / 2)


def _left_open(groups: Sequence[Group], parts: Parts, slow: Array) -> Swings:
    """What is left open, by the states in the order of time, and by those of each group."""
    share = float(slow.mean())
    low, high = _share_bounds(parts, share)
    depth = 1 - parts.middles[0] / parts.middles[1]
    sizes = [len(group.rates) for group in groups]
    of_groups = np.array([part.mean() for part in np.split(slow, np.cumsum(sizes)[:-1])])
    # A group that was in one state alone does not tell which one that was.
    rounds = np.array([len(np.unique(group.rounds)) for group in groups])
    odds = (high / (1 - high)) ** rounds
    unknown = (of_groups < ONE_STATE) & (odds > HARDLY)
    whole = np.where(unknown, 1 / (1 - depth), 1.0)
    quick = 1 / (1 - depth * of_groups)
    return Swings(
        lower=quick * (1 - depth * high),
        upper=quick * (1 - depth * low) * whole,
        more=high - share,
        less=share - low,
        whole=whole,
        few=int((np.diff(parts.states) > 0).sum()) <= MANY_VISITS,
    )


def _share_bounds(parts: Parts, share: float) -> tuple[float, float]:
    """Between what the share of slow time lies in 95 of 100 cases."""
    changes = np.diff(parts.states)
    into, out_of = (changes > 0).sum() + 0.5, (changes < 0).sum() + 0.5
    # The logarithm of the odds of a beta variate, in which its density has no corners.
    logs = np.linspace(-40.0, 40.0, 4001)
    density = np.exp(into * -np.logaddexp(0, -logs) + out_of * -np.logaddexp(0, logs))
    below = np.cumsum(density) / density.sum()
    odds = np.exp(np.interp([1 - UPPER_TAIL, UPPER_TAIL], below, logs))
    # The time in each state has but a ratio in it.
    odds *= share / (1 - share)
    low, high = odds / (1 + odds)
    return float(low), float(high)
