"""Whether an observed workload fits another machine, and what it would cost there. Pure.

The work that a machine did is read from its own curve of the load test: at this busy level it does
so many units per second. Another machine's curve, read backwards, says how busy the same work would
keep it. This holds for work of the kernel's kind. How curves are read says
``workload.prediction.curves``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from perfanalysis.estimates.statistics import Estimate
from perfanalysis.promql import Floats
from reporter.analysis.fit_bounds import BUSY_LIMIT, MEMORY_LIMIT, FitBounds, work_curve
from reporter.analysis.observed import Observed
from reporter.analysis.quality import BUSY_DISTANCE_LIMIT
from reporter.asking.machines import Curve, LoadTest, Machine
from workload.prediction import curves
from workload.prediction.wishes import HOURS_A_MONTH


@dataclass(frozen=True)
class WorkloadFit:
    """The observed work on one machine.

    Attributes:
        machine: the candidate.
        mean, p95, p99: predicted busy ratio; above 1: so many times what the machine can do. A
            percentile is None where there are too few samples for it.
        memory: predicted used ratio at the 99th percentile; None: unknown.
        count: machines of this kind that do the 99th percentile within the limit; None: unknown.
        month: dollars for these, for a month; None: no price, or unknown.
        own_units: mean units per second at the observed busy levels, with its interval; None: the
            test has no intervals.
        own_per_dollar: the same for a dollar an hour; None: no price, or no intervals.
        bounds: what the prediction says beside the values; None: nobody asked it.
    """

    machine: Machine
    mean: float
    p95: float | None
    p99: float | None
    memory: float | None
    count: int | None
    month: float | None
    own_units: Estimate | None
    own_per_dollar: Estimate | None
    bounds: FitBounds | None = None

    @property
    def surely(self) -> bool | None:
        """Whether one machine is enough by the upper bound, too; None: there is none."""
        if self.bounds is None or not self.fits:
            return self.fits
        return self.bounds.p99.upper <= BUSY_LIMIT

    @property
    def head_room(self) -> tuple[float | None, float | None]:
        """What is left of the machine at the 95th and 99th percentile, as a ratio."""
        left = (None if one is None else 1 - one for one in (self.p95, self.p99))
        return next(left), next(left)

    @property
    def fits(self) -> bool | None:
        """Whether one machine is enough, for CPU time and, where known, for memory.

        None: there are too few samples to tell.
        """
        if self.memory is not None and self.memory > MEMORY_LIMIT:
            return False
        return None if self.p99 is None else self.p99 <= BUSY_LIMIT


def readable(test: LoadTest) -> bool:
    """Whether the curve tells busy levels and work from each other.

    It does not where the reached levels do not rise with those that were asked for, or where other
    work kept a disturbed test's machine busier than it was to be.
    """
    curve = work_curve(test.curve)
    if not curves.is_readable(curve):
        return False
    known = np.isfinite(curve.units)
    off = float(np.abs(curve.busy - test.curve.busy / 100)[known].max())
    return not (test.valid is False and off > BUSY_DISTANCE_LIMIT)


def work_at(curve: Curve, busy: Floats, column: Floats | None = None) -> Floats:
    """Units per second at these busy ratios (0..1).

    Args:
        curve: of the load test.
        busy: ratios 0..1.
        column: another column of the curve, such as ``curve.lower``, instead of its units.
    """
    return curves.work_at(work_curve(curve), busy, column)


def busy_for(curve: Curve, units: Floats) -> Floats:
    """Busy ratios that so many units per second need; above 1 as a multiple of the machine."""
    return curves.busy_for(work_curve(curve), units)


def predict(
    candidates: Sequence[Machine],
    observed: Machine,
    busy: Observed,
    memory_bytes: float | None = None,
) -> list[WorkloadFit]:
    """The observed work on every machine with a readable curve, in the order given.

    Args:
        candidates: the machines; the observed one may be among them.
        observed: where the work was seen; it needs a load test.
        busy: its busy ratios, sample by sample.
        memory_bytes: what it used at the 99th percentile; None: unknown.
    """
    if observed.test is None or not readable(observed.test) or not busy.count:
        return []
    units = replace(busy, values=work_at(observed.test.curve, busy.values))
    tested = [machine for machine in candidates if machine.test and readable(machine.test)]
    return [_fit(machine, busy, units, memory_bytes) for machine in tested]


def _fit(
    machine: Machine, busy: Observed, units: Observed, memory_bytes: float | None
) -> WorkloadFit:
    assert machine.test
    curve = machine.test.curve
    predicted = replace(units, values=busy_for(curve, units.values))
    memory = None
    if memory_bytes is not None and machine.memory_bytes:
        memory = memory_bytes / machine.memory_bytes
    most = float(work_at(curve, np.array([BUSY_LIMIT]))[0])
    work_p99 = units.percentile(99)
    count = None if work_p99 is None else max(1, math.ceil(work_p99 / most - 1e-9))
    if memory is not None and count is not None:
        count = max(count, math.ceil(memory / MEMORY_LIMIT - 1e-9))
    own = None
    work = machine.test.work
    if np.isfinite(work.lower).any() and np.isfinite(work.upper).any():
        columns = (work.units, work.lower, work.upper)
        shares, weights = busy.values, busy.seconds
        means = (np.average(work_at(work, shares, one), weights=weights) for one in columns)
        own = Estimate(*(float(mean) for mean in means))
    return WorkloadFit(
        machine,
        float(np.average(predicted.values, weights=predicted.seconds)),
        predicted.percentile(95),
        predicted.percentile(99),
        memory,
        count,
        count * machine.price * HOURS_A_MONTH if machine.price and count else None,
        own,
        own.divided_by(machine.price) if own and machine.price else None,
    )


def smallest(fits: Sequence[WorkloadFit]) -> WorkloadFit | None:
    """The cheapest machine on which one is enough; without prices, the one that can do least.

    One whose load test was disturbed, or had only a part of the machine, is not recommended.
    """
    fitting = [fit for fit in fits if fit.fits and fit.machine.test and fit.machine.test.sound]
    priced = [fit for fit in fitting if fit.month is not None]
    if priced:
        return min(priced, key=lambda fit: (fit.month or 0.0, fit.machine.name))
    return max(fitting, key=lambda fit: (fit.p99 or 0.0, fit.machine.name), default=None)
