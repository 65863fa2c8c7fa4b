"""How much what does not last differs by level. Pure; needs numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perfanalysis.estimates.common_noise import Array, Group

# The variance of the logarithm of a median of absolute differences of neighbours, times their
# number.
OF_MEDIAN_STEP = 1.5
# So many standard deviations are chance.
BY_CHANCE = 1.5
# Fewer differences say nothing of a group's own spread.
LEAST_STEPS = 6


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
