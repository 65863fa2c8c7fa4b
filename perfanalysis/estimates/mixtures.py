"""What a mixture of Student's t distributions stays within. Pure; needs numpy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from perfanalysis.estimates.statistics import CONFIDENCE

Array = NDArray[np.float64]

UPPER_TAIL = (1 + CONFIDENCE) / 2
# Parts of a mixture that are less likely than this, beside the likeliest one, are left out.
LEAST_WEIGHT = 1e-6
# So often the place of a bound is halved: to a millionth.
HALVINGS = 22


def half_widths(weights: Array, scale: Array, variances: Array, df: int) -> Array:
    """What mixtures of Student's t stay within in 95 of 100 cases, shape (groups).

    Args:
        weights: of the mixture's parts, shape (parts).
        scale: variance of one slice, shape (parts).
        variances: of each group's mean, in that unit, shape (parts, groups).
        df: degrees of freedom of all parts.
    """
    # What is hardly possible moves no bound.
    likely = weights > LEAST_WEIGHT * weights.max()
    weights = weights[likely] / weights[likely].sum()
    deviations = np.sqrt(scale[likely, None] * variances[likely])
    places, below = student_table(df)
    # That of a mixture lies between those of its parts.
    of_one = float(np.interp(UPPER_TAIL, below, places))
    low, high = deviations.min(axis=0) * of_one * 0.99, deviations.max(axis=0) * of_one * 1.01
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.where(deviations > 0, middle / deviations, math.inf)
        inside = weights @ np.interp(at, places, below) < UPPER_TAIL
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    found: Array = (low + high) / 2
    return found


def student_table(df: int) -> tuple[Array, Array]:
    """Places from 0 on, and the probability that Student's t stays below each."""
    places = np.concatenate([np.linspace(0, 8, 321), np.geomspace(8.2, 1e4, 100)])
    density = (1 + places**2 / df) ** (-(df + 1) / 2)
    steps = np.diff(places) * (density[1:] + density[:-1]) / 2
    below = np.concatenate([[0.0], np.cumsum(steps)])
    return places, 0.5 + 0.5 * below / below[-1]
