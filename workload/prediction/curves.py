"""One curve: how much work a busy level does, and how busy so much work keeps a machine. Pure.

Curves are straight between measured levels, and from 0 to the first. A level at which less was
done than below it does as much as the best one below it: work never falls where a machine is
busier. Full load rarely reads as 100 % of /proc/stat: from a highest level of ``NEARLY_FULL`` on,
the rest up to 1 does as much as the level did for its busy time. Below that nothing is known of
full load, and no more than the highest level is relied upon.
"""

from __future__ import annotations

import numpy as np

from workload.prediction.candidate import Floats, WorkCurve

NEARLY_FULL = 0.9


def knots(curve: WorkCurve, column: Floats | None = None) -> tuple[Floats, Floats]:
    """Busy ratios and units per second, both rising, from 0 to 1; shape (levels + 2,) at most.

    Args:
        curve: its levels may stand in any order; those without a number are left out.
        column: another column of it, such as ``curve.lower``, instead of its units.

    Raises:
        ValueError: no level has a number.
    """
    units = curve.units if column is None else column
    known = np.isfinite(units) & np.isfinite(curve.busy)
    if not known.any():
        raise ValueError("expected a curve with at least one known level")
    order = np.argsort(curve.busy[known], kind="stable")
    busy = np.concatenate(([0.0], curve.busy[known][order]))
    work = np.maximum.accumulate(np.concatenate(([0.0], units[known][order])))
    if busy[-1] < 1:
        rest = 1 / busy[-1] if busy[-1] >= NEARLY_FULL else 1.0
        busy, work = np.append(busy, 1.0), np.append(work, work[-1] * rest)
    return busy, work


def is_readable(curve: WorkCurve) -> bool:
    """Whether busy levels can be told from each other: they rise, and work was done at each."""
    known = np.isfinite(curve.units) & np.isfinite(curve.busy)
    busy, units = curve.busy[known], curve.units[known]
    return bool(len(busy) and busy[0] > 0 and (np.diff(busy) > 0).all() and (units > 0).all())


def work_at(curve: WorkCurve, busy: Floats, column: Floats | None = None) -> Floats:
    """Units per second at these busy ratios.

    Args:
        curve: of the machine.
        busy: from 0 on; above 1, as of CPUs that were added, in proportion.
        column: as of ``knots``.
    """
    shares, work = knots(curve, column)
    return np.interp(busy, shares, work) * np.maximum(1.0, busy)


def busy_for(curve: WorkCurve, units: Floats) -> Floats:
    """Busy ratios that so many units per second need; above 1 as a multiple of the machine."""
    shares, work = knots(curve)
    # Where work does not rise, the lowest busy level that does it counts.
    keep = np.concatenate(([True], np.diff(work) > 0))
    inside = np.interp(units, work[keep], shares[keep])
    return np.where(units > work[-1], units / work[-1], inside)
