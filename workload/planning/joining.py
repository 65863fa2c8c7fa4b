"""From what machines used, and what candidates do, to demand and kinds that can be packed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from workload.planning.common_grid import on_week, week_times
from workload.planning.demand import JointDemand, OfferedMachine
from workload.planning.problem import Floats
from workload.prediction.candidate import Candidate, WorkCurve
from workload.prediction.usage import Usage

MEMORY = "memory"
DISK_BYTES, DISK_OPERATIONS = "disk bytes", "disk operations"
RECEIVED, SENT = "network received", "network sent"
_LIMITS = {
    DISK_BYTES: "disk_bytes",
    DISK_OPERATIONS: "disk_operations",
    RECEIVED: "network_bytes",
    SENT: "network_bytes",
}


@dataclass(frozen=True)
class PlanWishes:
    """What a person wishes of the machines.

    Attributes:
        cpu_head_room, memory_head_room: shares that are to stay free, 0 to below 1.
        most: at most so many of a candidate, by name.
        spot: whether machines that their provider can take away may be used.
        any_architecture: whether work may move to another architecture.
    """

    cpu_head_room: float = 0.3
    memory_head_room: float = 0.1
    most: Mapping[str, int] = field(default_factory=dict)
    spot: bool = False
    any_architecture: bool = False


def cpu(kernel: str) -> str:
    """The name of CPU time as a resource, in units of a kernel."""
    return f"cpu ({kernel})"


def units_at(curve: WorkCurve, busy: Floats) -> Floats:
    """Units per second that a machine does at these busy ratios; straight between its levels.

    Levels that were not measured are left out; nothing is done at 0, and above the highest level
    work goes on in proportion.
    """
    known = np.isfinite(curve.units) & np.isfinite(curve.busy)
    shares = np.concatenate(([0.0], curve.busy[known]))
    work = np.maximum.accumulate(np.concatenate(([0.0], curve.units[known])))
    units: Floats = np.interp(busy, shares, work) * np.maximum(busy / shares[-1], 1.0)
    return units


def common_kernels(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The kernels that every candidate with any was measured by, in order."""
    measured = [set(one.curves) for one in candidates if one.curves]
    return tuple(sorted(set.intersection(*measured))) if measured else ()


def joint_demand(
    usages: Sequence[Usage],
    sources: Mapping[str, Candidate],
    kernels: Sequence[str],
    step: float,
) -> JointDemand:
    """What machines asked for, on common steps of a week; see ``common_grid.py``.

    CPU time is work units of each kernel: a plan must hold whichever of them the work is like.
    Steal is no demand. Of a source of which several machines were measured, the one that does most
    at a busy ratio counts.

    Args:
        usages: one a machine.
        sources: by machine the candidate that it is of; measured by all kernels.
        kernels: at least one.
        step: seconds, a divisor of a week.
    """
    rows = []
    for usage in usages:
        curves = sources[usage.machine].curves
        work = [
            np.max([units_at(curve, usage.busy) for curve in curves[kernel]], axis=0)
            for kernel in kernels
        ]
        values = [*work, *_others(usage)]
        rows.append([on_week(usage.starts, usage.ends, one, step) for one in values])
    amounts = np.array(rows)
    seen = np.isfinite(amounts).any(axis=(0, 1))
    times = week_times(np.concatenate([usage.starts for usage in usages]), step)
    names = (*(cpu(kernel) for kernel in kernels), MEMORY, *_LIMITS)
    return JointDemand(
        tuple(usage.machine for usage in usages), names, times[seen], amounts[:, :, seen]
    )


def _others(usage: Usage) -> list[Floats]:
    return [
        usage.memory_bytes,
        usage.disk_read_bytes + usage.disk_write_bytes,
        usage.disk_reads + usage.disk_writes,
        usage.network_receive_bytes,
        usage.network_transmit_bytes,
    ]


def machine_kinds(
    candidates: Sequence[Candidate],
    sources: Mapping[str, Candidate],
    kernels: Sequence[str],
    wishes: PlanWishes,
) -> tuple[list[OfferedMachine], dict[str, str]]:
    """The candidates that can be used, and of the others, by name, why not.

    Prices of two currencies are not compared: that of the first candidate with a price counts.
    """
    currency = next((one.currency for one in candidates if one.price is not None), "")
    kinds, refused = [], {}
    for candidate in candidates:
        unfit = _unfit(candidate, sources) if not wishes.any_architecture else frozenset()
        why = _refused(candidate, kernels, wishes, currency)
        if not why and unfit and unfit == frozenset(sources):
            why = f"another architecture ({candidate.architecture}) than all of the workloads"
        if why:
            refused[candidate.name] = why
            continue
        kinds.append(
            OfferedMachine(
                candidate.name,
                candidate.price or Decimal(0),
                _capacity(candidate, kernels, wishes),
                wishes.most.get(candidate.name),
                unfit,
            )
        )
    return kinds, refused


def _refused(
    candidate: Candidate, kernels: Sequence[str], wishes: PlanWishes, currency: str
) -> str:
    lacking = [kernel for kernel in kernels if not candidate.curves.get(kernel)]
    if lacking:
        return f"nobody measured it by {', '.join(lacking)}"
    if candidate.price is None or candidate.price <= 0:
        return "its price is unknown"
    if candidate.currency != currency:
        return f"its price is in {candidate.currency}, others' in {currency}"
    if candidate.purchase == "spot" and not wishes.spot:
        return "its provider can take it away (spot)"
    return ""


def _unfit(candidate: Candidate, sources: Mapping[str, Candidate]) -> frozenset[str]:
    """Workloads of another architecture; where one of both is unknown, it is none."""
    return frozenset(
        name
        for name, source in sources.items()
        if source.architecture
        and candidate.architecture
        and source.architecture != candidate.architecture
    )


def _capacity(candidate: Candidate, kernels: Sequence[str], wishes: PlanWishes) -> dict[str, float]:
    """What may be used: as its least measured machine does, at the highest busy ratio allowed."""
    busy = 1 - wishes.cpu_head_room
    if candidate.cpu_baseline is not None:
        busy = min(busy, candidate.cpu_baseline)
    found = {
        cpu(kernel): min(
            float(units_at(curve, np.array([busy]))[0]) for curve in candidate.curves[kernel]
        )
        for kernel in kernels
    }
    found[MEMORY] = candidate.memory_bytes * (1 - wishes.memory_head_room)
    for name, attribute in _LIMITS.items():
        limit = getattr(candidate, attribute)
        if limit is not None:
            found[name] = limit
    return found
