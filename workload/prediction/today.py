"""Whether today's machine has the size that its work needs. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workload.prediction.curves import is_readable, work_at
from workload.prediction.demand import LIMITED, Demand
from workload.prediction.findings import (
    FEWEST_HOURS,
    MachineResource,
    Provisioning,
    UnknownCause,
    reason_code,
    state_of,
    worst_of,
)
from workload.prediction.prediction import Prediction, limit_of

HOUR = 3600.0


@dataclass(frozen=True)
class TodaysFinding:
    """What a machine is found to be.

    Attributes:
        state: of the machine.
        cause: why it is unknown; None: it is known.
        resources: state and used share of each at the counted percentile; None: unknown.
    """

    state: Provisioning
    cause: UnknownCause | None
    resources: Mapping[MachineResource, tuple[Provisioning, float | None]]

    @property
    def reasons(self) -> list[str]:
        """The reason codes of its resources, or why nothing is known."""
        if self.cause is not None:
            return [str(self.cause)]
        codes = (reason_code(one, state) for one, (state, _) in self.resources.items())
        return [code for code in codes if code]


def todays_finding(prediction: Prediction) -> TodaysFinding:
    """The finding of the machine whose work is predicted, by its own use.

    Its CPUs are too large where half of its work at the limit would do, by every kernel; without a
    curve, where half of the busy ratio would. What other sizes have of disks and network does not
    come in halves, so that these are never too large.
    """
    demand = prediction.demand
    cause = _unknown(demand)
    if cause is not None:
        return TodaysFinding(Provisioning.UNKNOWN, cause, {})
    found = {MachineResource.CPU: _cpu(prediction)}
    found |= {one: _limited(prediction, one) for one in LIMITED}
    worst = worst_of(state for state, _ in found.values())
    return TodaysFinding(worst, None, found)


def _unknown(demand: Demand) -> UnknownCause | None:
    if not demand.cpu.count:
        return UnknownCause.NO_DATA
    if demand.cpu.known_seconds < FEWEST_HOURS * HOUR:
        return UnknownCause.TOO_LITTLE_DATA
    return None


def _cpu(prediction: Prediction) -> tuple[Provisioning, float | None]:
    used = prediction.demand.cpu.percentile(prediction.counted)
    if math.isnan(used):
        return Provisioning.UNKNOWN, None
    limit = 1 - prediction.wishes.cpu_headroom
    return state_of(used, limit, half_would_do=_half(prediction, used, limit)), used


def _half(prediction: Prediction, used: float, limit: float) -> bool:
    source = prediction.source
    curves = [c[0] for c in source.curves.values() if c and is_readable(c[0])] if source else []
    if not curves:
        return used <= limit / 2
    done = [work_at(curve, np.array([used, limit])) for curve in curves]
    return all(bool(one <= most / 2) for one, most in done)


def _limited(
    prediction: Prediction, resource: MachineResource
) -> tuple[Provisioning, float | None]:
    limit = _own_limit(prediction, resource)
    of = prediction.demand.limited.get(resource)
    used = math.nan if of is None or limit is None else of.percentile(prediction.counted) / limit
    if math.isnan(used):
        return Provisioning.UNKNOWN, None
    memory = resource is MachineResource.MEMORY
    wishes = prediction.wishes
    most = 1 - (wishes.memory_headroom if memory else wishes.cpu_headroom)
    return state_of(used, most, half_would_do=memory and used <= most / 2), used


def _own_limit(prediction: Prediction, resource: MachineResource) -> float | None:
    """What the machine has: as it said itself, else as its type has."""
    total = prediction.demand.usage.memory_total_bytes
    known = total[np.isfinite(total)]
    if resource is MachineResource.MEMORY and len(known):
        return float(known[-1])
    return limit_of(prediction.source, resource) if prediction.source else None
