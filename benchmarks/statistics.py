"""Medians, ratios of medians and their intervals. Pure: no measuring here.

One sample alone says nothing of what others would be: its interval has no bounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from perfanalysis.estimates.statistics import CONFIDENCE, Estimate

RESAMPLES = 10_000
SEED = 20_240_229


def median(samples: Sequence[float]) -> Estimate:
    """The median with its bootstrap interval (percentile method).

    Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.

    Raises:
        ValueError: there are no samples.
    """
    values = _checked(samples)
    return _estimate(float(np.median(values)), np.median(_resampled(values), axis=1), len(values))


def ratio_of_medians(ours: Sequence[float], peer: Sequence[float]) -> Estimate:
    """Median of ours over median of the peer's, with its bootstrap interval.

    Sample i of both sides is from the same round, so rounds are resampled and not single samples:
    what disturbed both sides of a round (a busy neighbour, a clock that changed) cancels out.

    Raises:
        ValueError: no samples, different numbers of them, or a peer's median of 0.
    """
    values = np.stack([_checked(ours), _checked(peer)], axis=1)
    medians = np.median(values, axis=0)
    if medians[1] == 0:
        raise ValueError("the peer's median is 0: there is no ratio to it")
    resampled = np.median(_resampled(values), axis=1)
    with np.errstate(divide="ignore"):
        ratios = resampled[:, 0] / resampled[:, 1]
    return _estimate(float(medians[0] / medians[1]), ratios, len(values))


def is_bounded(estimate: Estimate) -> bool:
    """Whether there were samples enough for an interval."""
    return (estimate.lower, estimate.upper) != (-math.inf, math.inf)


def _checked(samples: Sequence[float]) -> npt.NDArray[np.float64]:
    if not samples:
        raise ValueError("there are no samples")
    return np.asarray(samples, dtype=np.float64)


def _resampled(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # The seed is fixed: the same samples give the same interval on every machine.
    generator = np.random.default_rng(SEED)
    rows = generator.integers(0, len(values), size=(RESAMPLES, len(values)))
    resampled: npt.NDArray[np.float64] = values[rows]
    return resampled


def _estimate(value: float, resampled: npt.NDArray[np.float64], samples: int) -> Estimate:
    if samples < 2:
        return Estimate(value, -math.inf, math.inf)
    tail = (1 - CONFIDENCE) / 2
    lower, upper = np.quantile(resampled, [tail, 1 - tail])
    return Estimate(value, float(lower), float(upper))
