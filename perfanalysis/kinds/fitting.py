"""Weights that are not negative where they must not be: a ridge with a robust loss.

Squares are cut as Huber does (Robust Estimation of a Location Parameter, 1964); what must not be
negative is held by the active set method of Lawson and Hanson (Solving Least Squares Problems,
1974, chapter 23).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_HUBER = 1.345  # 95 % as good as squares where errors are normal
_ROUNDS = 8


def fit(  # noqa: PLR0913, PLR0917 - each is one thing that a ridge is made of
    terms: Array,
    values: Array,
    weights: Array,
    penalties: Array,
    centre: Array,
    bounded: NDArray[np.bool_],
    sum_penalty: float = 0.0,
) -> tuple[Array, float]:
    """Coefficients and intercept that foretell ``values`` from ``terms``.

    Args:
        terms: rows of terms, (rows, terms).
        values: what to foretell, (rows,).
        weights: what each row counts, (rows,), above 0.
        penalties: of each term, in units of weight, (terms,), above 0.
        centre: where the penalties draw each coefficient to, (terms,).
        bounded: which coefficients must not be negative, (terms,).
        sum_penalty: draws the sum of those to 1, in units of weight.
    """
    sum_of = bounded.astype(float)
    counted = weights
    coefficients, intercept = centre, 0.0
    for _ in range(_ROUNDS):
        middle = counted @ terms / counted.sum()
        level = float(counted @ values / counted.sum())
        moved = (terms - middle) * counted[:, None]
        normal = moved.T @ (terms - middle) + np.diag(penalties)
        normal += sum_penalty * np.outer(sum_of, sum_of)
        right = moved.T @ (values - level) + penalties * centre
        right += sum_penalty * sum_of
        start = np.where(bounded, np.maximum(coefficients, 0.0), coefficients)
        coefficients = not_negative(normal, right, bounded, start)
        intercept = level - float(middle @ coefficients)
        off = np.abs(values - terms @ coefficients - intercept)
        scale = 1.4826 * float(np.median(off)) + 1e-6
        counted = weights / np.maximum(1.0, off / (_HUBER * scale))
    return coefficients, intercept


def not_negative(normal: Array, right: Array, bounded: NDArray[np.bool_], start: Array) -> Array:
    """The x least in x'Nx/2 - r'x whose bounded parts are not negative; N is positive definite.

    ``start`` is any x that is allowed: near the answer it saves steps.
    """
    free = ~bounded | (start > 0)
    found = start
    for _ in range(10 * len(right) + 10):
        trial = _solved(normal, right, free)
        below = bounded & free & (trial < 0)
        if below.any():
            step = float(np.min(found[below] / (found[below] - trial[below])))
            found = found + step * (trial - found)
            free = free & ~(bounded & (found <= 1e-12))
            found[~free] = 0.0
            continue
        found = trial
        slope = np.where(free, -np.inf, right - normal @ found)
        if slope.max(initial=-np.inf) <= 1e-9 * np.abs(right).max(initial=0.0):
            break
        free = free.copy()
        free[int(np.argmax(slope))] = True
    return found


def _solved(normal: Array, right: Array, free: NDArray[np.bool_]) -> Array:
    """The least x whose parts outside of ``free`` are 0."""
    solution = np.zeros(len(right))
    where = np.flatnonzero(free)
    if len(where):
        solution[where] = np.linalg.solve(normal[np.ix_(where, where)], right[where])
    return solution
