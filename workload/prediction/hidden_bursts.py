"""What the interval of a recording hides of a machine's bursts. Pure.

A mean over an interval says nothing of how busy a machine was in its minutes. How means of
neighbouring intervals differ says something of it: the Allan variance A (half the mean square of
the difference of neighbours) is what they vary by about a slow course. Minutes are taken to vary
about it as noise without memory does, by A times the minutes in an interval: real work has memory,
so that this is rather too much. docs/prediction.md says how often it was enough.
"""

from __future__ import annotations

import math

import numpy as np

from workload.prediction.candidate import Floats

# What a machine has no room for within a minute waits, and is done within the next.
SECONDS = 60.0
# Fewer differences than these tell nothing.
FEWEST = 7


def hidden_spread(busy: Floats, step: float) -> float:
    """By how much more minutes vary about their neighbours than intervals do: standard deviations.

    Args:
        busy: means over intervals that follow each other; NaN where unknown.
        step: seconds of an interval.

    Returns:
        0 where nothing is hidden; NaN where there are too few values to tell.
    """
    if step <= SECONDS:
        return 0.0
    differences = np.diff(busy)
    differences = differences[np.isfinite(differences)]
    if len(differences) < FEWEST:
        return math.nan
    seen = float(np.mean(differences**2)) / 2
    # No ratio varies by more than one that is always 0 or 1: m (1 - m).
    mean = float(np.nanmean(busy))
    most = max(0.0, mean * (1 - mean))
    return math.sqrt(min(seen * step / SECONDS, max(seen, most))) - math.sqrt(seen)
