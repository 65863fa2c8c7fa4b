"""What the interval of a recording hides of a machine's bursts. Pure.

A mean over an interval says nothing of how busy a machine was in its seconds. How means of
neighbouring intervals differ says something of it: by the Allan variance A(t) (half the mean square
of the difference of neighbouring means over t), the variance inside intervals of length T, seen at
T/2^J, is the sum of A(T/2^j)/2 for j = 1..J (Haar's decomposition of a variance; Percival and
Walden, "Wavelet Methods for Time Series Analysis", 2000, chapter 8). A(t) below T is not known; it
is taken to go on as it does at T, 2T and 4T, as t^-m, with m between ``LEAST_SLOPE`` and 1, which
is noise without memory. docs/prediction.md says how often that was enough.
"""

from __future__ import annotations

import math

import numpy as np

from workload.prediction.candidate import Floats

# What a machine has no room for within a minute waits, and is done within the next.
SECONDS = 60.0
LEAST_SLOPE, MOST_SLOPE = 0.5, 1.0
# Fewer means than these tell no slope.
FEWEST = 8


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
    first = _allan_variance(busy)
    if math.isnan(first):
        return math.nan
    halvings = math.ceil(math.log2(step / SECONDS))
    slope = _slope(busy, first)
    inside = sum(first / 2 * 2 ** (j * slope) for j in range(1, halvings + 1))
    # No ratio varies by more than one that is 0 or 1: m (1 - m).
    mean = float(np.nanmean(busy))
    inside = min(inside, max(0.0, mean * (1 - mean)))
    return math.sqrt(first + inside) - math.sqrt(first)


def _slope(busy: Floats, first: float) -> float:
    levels = {1: first} | {m: _allan_variance(_joined(busy, m)) for m in (2, 4)}
    known = {m: a for m, a in levels.items() if math.isfinite(a) and a > 0}
    if len(known) < 2:
        return MOST_SLOPE
    scale, variance = np.log(list(known)), np.log(list(known.values()))
    slope = -float(np.polyfit(scale, variance, 1)[0])
    return min(MOST_SLOPE, max(LEAST_SLOPE, slope))


def _joined(busy: Floats, count: int) -> Floats:
    whole = len(busy) // count * count
    found: Floats = busy[:whole].reshape(-1, count).mean(axis=1)
    return found


def _allan_variance(means: Floats) -> float:
    differences = np.diff(means)
    differences = differences[np.isfinite(differences)]
    if len(differences) < FEWEST - 1:
        return math.nan
    return float(np.mean(differences**2)) / 2
