"""From how busy one machine was to how busy another one is with the same work. Pure.

What is between the levels of a curve is taken as straight; below the lowest level work falls to
nothing at no load, and beyond the highest it goes on as the last two levels do, so that a tick that
needs more than the machine has says how much.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workload.prediction.candidate import WorkCurve

Floats = NDArray[np.float64]


def work_at(curve: WorkCurve, busy: Floats) -> Floats:
    """Units per second of a machine at some busy shares (0 to 1); NaN where these are."""
    return _along(busy, *_knots(curve.busy, curve.units))


def busy_for(curve: WorkCurve, units: Floats) -> Floats:
    """How busy a machine is with some units per second; above 1 where it cannot do them."""
    busy, work = _knots(curve.busy, curve.units)
    return _along(units, work, busy)


def _knots(busy: Floats, units: Floats) -> tuple[Floats, Floats]:
    """The curve from the origin on; noise may let neighbouring levels change places."""
    return np.append(0.0, busy), np.append(0.0, np.maximum.accumulate(units))


def _along(values: Floats, known: Floats, wanted: Floats) -> Floats:
    """Straight between the knots, and on from the last two.

    Where two knots have the same place, the first of them counts: no more busy than needed.
    """
    places, first = np.unique(known, return_index=True)
    there = wanted[first]
    found: Floats = np.interp(values, places, there)
    if len(places) > 1:
        slope = (there[-1] - there[-2]) / (places[-1] - places[-2])
        found = np.where(values > places[-1], there[-1] + (values - places[-1]) * slope, found)
    return np.where(np.isnan(values), np.nan, found)
