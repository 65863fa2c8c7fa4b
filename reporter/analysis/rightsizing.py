"""Whether each machine has the size that its work needs, resource by resource. Pure.

The demand is a percentile of use over the look-back period; a machine is large enough when the
headroom is still free at it. It is too large where half of it would do: types of a family come in
halves and doubles. How much work a busy CPU does is read from the machine's own load test, where it
has one that can be read; otherwise the busy share is all there is.

The words of findings and reason codes are those of ``workload.prediction.findings``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from reporter.analysis import fit
from reporter.analysis.observed import Observed
from reporter.asking.machines import Machine
from reporter.settings.rightsizing import SizingRules
from workload.prediction.findings import (
    FEWEST_HOURS,
    MachineResource,
    Provisioning,
    UnknownCause,
    reason_code,
    state_of,
    worst_of,
)

HOUR = 3600.0
# A file system that is so full at the range's end is too small.
FILE_SYSTEM_LIMIT = 0.9


# What a report looks at, in the order of its pages.
REPORTED = (
    MachineResource.CPU,
    MachineResource.MEMORY,
    MachineResource.DISK,
    MachineResource.NETWORK,
    MachineResource.FILE_SYSTEM,
)


@dataclass(frozen=True)
class ResourceUse:
    """How much of a resource was used.

    Attributes:
        used: at the percentile, as a share of what the machine has; None: unknown.
        rate: the same in the resource's unit: bytes of memory, bytes a second; None: unknown.
        name: which disk, interface or mount point it is; "": it is the only one.
        fills_up: of a file system, whether its forecast surely reaches its end in the look-back
            period to come.
    """

    used: float | None
    rate: float | None = None
    name: str = ""
    fills_up: bool = False


NOTHING_KNOWN = ResourceUse(None)


@dataclass(frozen=True)
class SizeDemand:
    """What one machine's work needs.

    Attributes:
        machine: whose.
        busy: busy ratios of its CPUs in the look-back period; None: no data.
        uses: by resource; what is not in it is unknown.
    """

    machine: Machine
    busy: Observed | None = None
    uses: Mapping[MachineResource, ResourceUse] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """For how long the busy ratio is known."""
        return self.busy.known_seconds if self.busy else 0.0

    def at_least(self, busy: float) -> float:
        """The share of the known time in which the CPUs were so busy, or busier."""
        if self.busy is None or not self.seconds:
            return 0.0
        return self.busy.saturation(busy)[0] / self.seconds

    def use(self, resource: MachineResource) -> ResourceUse:
        """Of one resource; all unknown where nothing is known."""
        return self.uses.get(resource, NOTHING_KNOWN)


@dataclass(frozen=True)
class ResourceFinding:
    """What one resource of a machine is found to be, and the use that says so."""

    resource: MachineResource
    state: Provisioning
    use: ResourceUse

    @property
    def reason(self) -> str:
        """A reason code such as ``CPUUnderprovisioned``; "" for what has the right size."""
        return reason_code(self.resource, self.state)


@dataclass(frozen=True)
class SizeFinding:
    """What one machine is found to be.

    Attributes:
        demand: what its work needs.
        state: of the machine: the worst of its resources.
        cause: why it is unknown; None: it is known.
        resources: a finding for each, in the order of ``REPORTED``; none when it is unknown.
    """

    demand: SizeDemand
    state: Provisioning
    cause: UnknownCause | None = None
    resources: Sequence[ResourceFinding] = ()

    @property
    def machine(self) -> Machine:
        """Whose finding it is."""
        return self.demand.machine

    @property
    def reasons(self) -> list[str]:
        """The reason codes of its resources, or why nothing is known."""
        codes = [one.reason for one in self.resources]
        return [str(self.cause)] if self.cause else [code for code in codes if code]

    def of(self, resource: MachineResource) -> Provisioning:
        """What one resource is found to be."""
        found = (one.state for one in self.resources if one.resource is resource)
        return next(found, Provisioning.UNKNOWN)


def judge(demand: SizeDemand, rules: SizingRules) -> SizeFinding:
    """The finding of one machine.

    A machine is under-provisioned when one of its resources is, over-provisioned when one is that
    can be made smaller and none is under-provisioned, and optimised otherwise. Without enough CPU
    time there is no finding.
    """
    cause = _unknown(demand)
    if cause is not None:
        return SizeFinding(demand, Provisioning.UNKNOWN, cause)
    resources = [
        ResourceFinding(one, _state(one, demand, rules), demand.use(one)) for one in REPORTED
    ]
    worst = worst_of(one.state for one in resources)
    return SizeFinding(demand, worst, None, resources)


def _unknown(demand: SizeDemand) -> UnknownCause | None:
    if not demand.seconds:
        return UnknownCause.NO_DATA
    if demand.seconds < FEWEST_HOURS * HOUR:
        return UnknownCause.TOO_LITTLE_DATA
    return UnknownCause.TOO_FEW_SAMPLES if demand.use(MachineResource.CPU).used is None else None


def _state(resource: MachineResource, demand: SizeDemand, rules: SizingRules) -> Provisioning:
    use = demand.use(resource)
    if use.used is None:
        return Provisioning.UNKNOWN
    if resource is MachineResource.FILE_SYSTEM:
        full = use.used >= FILE_SYSTEM_LIMIT or use.fills_up
        return Provisioning.UNDER if full else Provisioning.OPTIMISED
    # What other sizes have of disks and network was not measured.
    if resource is MachineResource.CPU:
        half = _half_would_do(demand.machine, use.used, rules.limit)
    else:
        half = resource is MachineResource.MEMORY and use.used <= rules.limit / 2
    return state_of(use.used, rules.limit, half_would_do=half)


def _half_would_do(machine: Machine, busy: float, limit: float) -> bool:
    """Whether half of the machine's CPUs would carry what it did.

    Where two threads share a core, a machine that is half busy may do far more than half of its
    work: its own curve says.
    """
    if machine.test is None or not fit.readable(machine.test):
        return busy <= limit / 2
    done, most = fit.work_at(machine.test.curve, np.array([busy, limit]))
    return bool(done <= most / 2)
