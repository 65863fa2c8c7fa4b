"""What a machine's work needed of each resource, in the time that counts. Pure.

Steal is no demand: the host took it. A machine without an idle moment hides what more was wanted:
what it did then is a lower bound, and said to be one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workload.prediction.candidate import Candidate, Floats
from workload.prediction.distribution import Distribution
from workload.prediction.findings import FULL, MachineResource
from workload.prediction.hidden_bursts import hidden_spread
from workload.prediction.usage import Usage
from workload.prediction.wishes import DAY

# Resources beside CPU time of which a demand is in the unit of its limit.
LIMITED = (
    MachineResource.MEMORY,
    MachineResource.DISK_THROUGHPUT,
    MachineResource.DISK_OPERATIONS,
    MachineResource.NETWORK,
)


@dataclass(frozen=True)
class Demand:
    """What one machine's work needed; arrays have the shape (intervals,), NaN where unknown.

    Attributes:
        usage: of the machine, within the look-back period.
        busy: its busy ratio, over the CPUs of its curve: above 1 where CPUs had been added since.
        saturated: where it had no idle time, so that the demand was that or more.
    """

    usage: Usage
    busy: Floats
    saturated: Floats

    @cached_property
    def cpu(self) -> Distribution:
        """Of the busy ratio."""
        return Distribution.of(self.busy, self.usage.seconds)

    @cached_property
    def censored(self) -> float:
        """The share of the known time in which the machine was saturated; NaN: nothing known."""
        known = np.isfinite(self.busy)
        seconds = self.usage.seconds[known]
        if not known.any():
            return math.nan
        return float(seconds[self.saturated[known] > 0].sum() / seconds.sum())

    @cached_property
    def hidden(self) -> float:
        """See ``hidden_spread``; 0 where a sampler looked between the ticks."""
        if self.usage.bursts is not None or not self.cpu.count:
            return 0.0
        return hidden_spread(self.busy, float(np.median(self.usage.seconds)))

    @cached_property
    def limited(self) -> dict[MachineResource, Distribution]:
        """The demand for each of ``LIMITED``; what nothing is known of is left out."""
        seconds = self.usage.seconds
        every = {one: Distribution.of(self.of(one), seconds) for one in LIMITED}
        return {one: found for one, found in every.items() if found.count}

    def of(self, resource: MachineResource) -> Floats:
        """The demand over time: bytes of memory; bytes or operations a second.

        A network link carries both ways at once: the busier one counts.
        """
        usage = self.usage
        match resource:
            case MachineResource.CPU:
                return self.busy
            case MachineResource.MEMORY:
                return usage.memory_bytes
            case MachineResource.DISK_THROUGHPUT:
                return usage.disk_read_bytes + usage.disk_write_bytes
            case MachineResource.DISK_OPERATIONS:
                return usage.disk_reads + usage.disk_writes
            case MachineResource.NETWORK:
                return np.fmax(usage.network_receive_bytes, usage.network_transmit_bytes)
        raise ValueError(f"no demand is known for {resource}")

    @cached_property
    def concentration(self) -> float:
        """How much of the work stood on few CPUs: 0 on all alike, 1 on one that had all it could.

        It is taken from the busiest CPU's means; a thread that moves between CPUs hides from it.
        """
        busiest, cpus = self.usage.busiest_cpu, self.usage.cpus
        if busiest is None:
            return 0.0
        mean, total = self.usage.busy, self.usage.busy * cpus
        most = np.minimum(1.0, total)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.clip((busiest - mean) / (most - mean), 0.0, 1.0)
        known = np.isfinite(share) & (most > mean)
        weights = (total * self.usage.seconds)[known]
        return float(np.average(share[known], weights=weights)) if weights.sum() > 0 else 0.0


def demand_of(usage: Usage, source: Candidate | None, look_back_days: float | None) -> Demand:
    """What a machine's work needed.

    Args:
        usage: of the machine.
        source: what it is measured as, whose CPUs its curve is of; None: unknown.
        look_back_days: how many days before the last tick count; None: all.
    """
    if look_back_days is not None and len(usage.ends):
        usage = usage.since(float(usage.ends[-1]) - look_back_days * DAY)
    # Rounding of counters: a CPU that had all its time may read as 100.1 %.
    busy = np.clip(usage.busy, 0.0, 1.0)
    saturated = np.where(busy + np.nan_to_num(usage.steal) >= FULL, 1.0, 0.0)
    if source is not None:
        busy = busy * usage.cpus / source.cpus
    return Demand(usage, busy, saturated)
