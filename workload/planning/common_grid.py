"""Puts what machines used onto common steps of one week, so that their sums mean something. Pure.

A step is a place in the week, in UTC: Monday 10:05 of one recording meets Monday 10:05 of another,
though it was another Monday. What recurs by the day or week then meets as it would on one machine;
what happened once meets what happened at that place in another week, which is a guess. Within
a step the highest value counts, of all intervals that touch it and of all weeks: never less than
what was seen. Steps that no interval of a machine touches are unknown for it.
"""

from __future__ import annotations

import numpy as np

from workload.planning.problem import Floats

WEEK = 7 * 86_400.0
# Unix time begins on a Thursday: the Monday before it.
_MONDAY = -3 * 86_400.0


def on_week(starts: Floats, ends: Floats, values: Floats, step: float) -> Floats:
    """The highest value at each step of the week; NaN where there is none.

    Args:
        starts, ends: Unix seconds of intervals; shape (intervals,).
        values: NaN where unknown; shape (intervals,).
        step: seconds, a divisor of a week.

    Returns:
        Shape (steps of a week,).
    """
    count = round(WEEK / step)
    known = np.isfinite(values)
    first = np.floor((starts[known] - _MONDAY) / step).astype(np.int64)
    # An interval that ends where a step begins does not touch it.
    last = np.ceil((ends[known] - _MONDAY) / step).astype(np.int64) - 1
    last = np.minimum(np.maximum(last, first), first + count - 1)
    highest = np.full(count, -np.inf)
    for offset in range(int((last - first).max(initial=-1)) + 1):
        touched = first + offset <= last
        np.maximum.at(highest, (first + offset)[touched] % count, values[known][touched])
    return np.where(np.isfinite(highest), highest, np.nan)


def week_times(starts: Floats, step: float) -> Floats:
    """Unix seconds of the steps of the week in which the first recording begins."""
    monday = np.floor((starts.min() - _MONDAY) / WEEK) * WEEK + _MONDAY
    times: Floats = monday + np.arange(round(WEEK / step)) * step
    return times
