"""What the clocks of a time zone show at many moments. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import numpy as np

from perfanalysis.promql import Floats

# Clocks change at quarters of an hour of UTC.
_QUARTER = 900.0


def local_seconds(times: Floats, zone: tzinfo) -> Floats:
    """Moments as what a zone's clocks show, as if that were UTC.

    Args:
        times: (n,) Unix seconds.
        zone: whose clocks.

    Returns:
        (n,) seconds; where the clocks go back, two moments have the same.
    """
    if zone is UTC or not len(times):
        return times
    quarters, places = np.unique(times // _QUARTER, return_inverse=True)
    offsets = np.array([_offset(quarter * _QUARTER, zone) for quarter in quarters.tolist()])
    shown: Floats = times + offsets[places]
    return shown


def _offset(moment: float, zone: tzinfo) -> float:
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    return offset.total_seconds() if offset else 0.0
