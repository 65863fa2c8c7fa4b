"""A slice as a result document has it."""

from __future__ import annotations

from loadtest.driving.steps import MachineSlice
from perfanalysis.results import document


def of_slice(entry: MachineSlice, offset: float) -> document.Slice:
    """The record of a slice.

    Args:
        entry: measured.
        offset: from CLOCK_MONOTONIC to seconds since 1970.
    """
    rate, undisturbed = entry.units_per_second, entry.undisturbed_units_per_second
    share = entry.busy_ratio
    return document.Slice(
        start_seconds=round(entry.start + offset, 6),
        duration_seconds=entry.duration,
        units=entry.units,
        busy_ratio=share if share is not None and share < 1 else None,
        lost_ratio=1 - rate / undisturbed if rate < undisturbed else None,
        excluded=tuple(entry.excluded) or None,
    )
