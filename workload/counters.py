"""Rates of counters between the ticks of a recording. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from perfanalysis.recordings.recording import Floats, Recording

GAP_STEPS = 2.5


def differences(recording: Recording, column: Floats) -> Floats:
    """What a counter rose by between neighbouring ticks; NaN over gaps and where it went back."""
    rise = rises(recording, column)
    return np.where(rise < 0, np.nan, rise)


def rises(recording: Recording, column: Floats) -> Floats:
    """The same, below 0 where it went back."""
    gap = np.diff(recording.times) > GAP_STEPS * recording.step
    return np.where(gap, np.nan, np.diff(column))


def sum_of_known(arrays: Iterable[Floats], length: int) -> Floats:
    """The sum of what is known at each place; NaN where nothing is."""
    total = np.full(max(length, 0), np.nan)
    for array in arrays:
        total = np.where(np.isnan(total), array, total + np.nan_to_num(array))
    return total
