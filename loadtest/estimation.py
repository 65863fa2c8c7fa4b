"""From the levels of one run to their estimates, all together. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loadtest.driving.settings import LEAST_SLICES
from loadtest.levels import Level
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.estimates.common_noise import Group
from perfanalysis.estimates.run_estimates import RunEstimates, of_groups


def estimate_levels(levels: Sequence[Level]) -> RunEstimates:
    """Units per second of each level, with 95 % intervals, and the noise that all of them share.

    Args:
        levels: of one run, the single worker among them.

    Raises:
        PerfAnalysisError: a level has too few slices, or no work was done in it.
    """
    rounds = [0]
    for level in levels:
        rounds.append(rounds[-1] + len(level.rounds))
    return of_groups([_group(level, first) for level, first in zip(levels, rounds, strict=False)])


def _group(level: Level, first: int) -> Group:
    """The slices that a level's estimate is made of.

    Args:
        level: measured.
        first: the number of its first round.
    """
    used = [
        (entry.start + entry.duration / 2, level.rate(entry), number)
        for number, entries in enumerate(level.used_of_rounds, start=first)
        for entry in entries
    ]
    times, rates = (np.array([row[column] for row in used], dtype=float) for column in (0, 1))
    if len(rates) < LEAST_SLICES or rates.mean() <= 0 or np.median(rates) <= 0:
        raise PerfAnalysisError(
            f"only {len(level.slices)} slices with work in them at {level.target}: too few for an "
            "interval"
        )
    return Group(times, rates, np.array([number for _, _, number in used]))
