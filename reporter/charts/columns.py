"""Samples as columns of equal width, for charts that have a cell for each. Pure."""

from __future__ import annotations

import math

import numpy as np

from perfanalysis.promql import Floats

# More of them on a page are narrower than a third of a millimetre.
MOST_COLUMNS = 480


def width_of_column(start: float, end: float, step: float, most: int) -> float:
    """Seconds of a column: one step, or as many whole ones as leave ``most`` columns."""
    steps = max(1, round((end - start) / step))
    return step * math.ceil(steps / most)


def edges_of(start: float, end: float, width: float) -> Floats:
    """Where columns begin and end; the last may reach beyond the range."""
    count = max(1, math.ceil((end - start) / width - 1e-6))
    edges: Floats = start + width * np.arange(count + 1, dtype=np.float64)
    return edges


def columns(times: Floats, values: Floats, edges: Floats, step: float) -> Floats:
    """The mean of each column, weighted by time; NaN where nothing of it is known.

    A value is of the time before it: back to its neighbour, or one step where that is missing. So
    no column is empty or has two samples because the samples' times lie askew to the columns.

    Args:
        times: seconds, ascending: the end of each span.
        values: of the same length; NaN: unknown.
        edges: of the columns, one more than there are columns.
        step: seconds between samples when none is missing.

    Returns:
        A value a column.
    """
    known = np.isfinite(values)
    times, values = times[known], values[known]
    if not len(times):
        return np.full(len(edges) - 1, np.nan)
    before = np.concatenate([[-np.inf], times[:-1]])
    # Where a neighbour is missing, a value is of one step only.
    left = np.where(times - before <= 1.5 * step, before, times - step)
    seconds = times - left
    points = np.column_stack([left, times]).ravel()
    covered, summed = _at(edges, points, seconds), _at(edges, points, seconds * values)
    # What is left by rounding is no sample.
    found = covered > 1e-6 * np.diff(edges)
    means: Floats = np.where(found, summed / np.where(found, covered, 1.0), np.nan)
    return means


def _at(edges: Floats, points: Floats, amounts: Floats) -> Floats:
    """How much lies in each column, of amounts that are spread evenly over their spans."""
    summed = np.concatenate([[0.0], np.cumsum(amounts)])
    reached = np.interp(edges, points, np.repeat(summed, 2)[1:-1])
    return np.asarray(np.diff(reached))
