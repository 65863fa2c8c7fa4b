"""The observed work on every machine of a report: values, bounds, and the finding. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reporter.analysis import fit, fit_bounds
from reporter.analysis.fit import WorkloadFit
from reporter.analysis.fit_bounds import ObservedFinding
from reporter.analysis.observed import Observed
from reporter.asking.machines import Machine


@dataclass(frozen=True)
class FittedWork:
    """What the observed work would be.

    Attributes:
        fits: on every machine whose load test can tell.
        finding: of the observed machine; None: its work is not known.
    """

    fits: Sequence[WorkloadFit] = ()
    finding: ObservedFinding | None = None


def fitted_work(
    candidates: Sequence[Machine],
    own: Machine | None,
    busy: Observed | None,
    memory: Observed | None,
) -> FittedWork:
    """Predict it.

    Args:
        candidates: the machines whose load tests had the same conditions.
        own: whose work it is; None: there is no machine whose load test can tell.
        busy, memory: its busy and used ratios; None: unknown.
    """
    if own is None or busy is None:
        return FittedWork()
    full = memory.percentile(99) if memory else None
    used = full * own.memory_bytes if full is not None and own.memory_bytes else None
    found = fit.predict(candidates, own, busy, used)
    if not found:
        return FittedWork()
    told = fit_bounds.bounds_of([one.machine for one in found], own, busy, memory)
    fits = [replace(one, bounds=told.bounds.get(one.machine.name)) for one in found]
    return FittedWork(fits, told.finding)
