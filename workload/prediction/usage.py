"""What a machine used, interval by interval: the one view of a recording that prediction reads."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SampledBusy:
    """How busy a machine was at looks of a tenth of a second between the ticks.

    Attributes:
        bounds: (B,) busy ratios, rising; the last is infinite.
        counts: (intervals, B) looks at or below each bound, and above the one before it; NaN where
            unknown.
    """

    bounds: Floats
    counts: Floats

    def percentile(self, percent: float) -> float:
        """The bound, at most 1, at or below which so many of the looks were."""
        until = self._until
        place = int(np.searchsorted(until, percent / 100 * until[-1] * (1 - 1e-9)))
        return min(1.0, float(self.bounds[min(place, len(self.bounds) - 1)]))

    def share_above(self, limits: Floats) -> Floats:
        """The share of looks that may have been above each limit: all of its bucket count."""
        until = np.concatenate(([0.0], self._until))
        place = np.searchsorted(self.bounds, np.minimum(limits, 1.0) * (1 + 1e-9), side="right")
        share = 1 - until[place] / until[-1]
        return np.where(np.isnan(limits), np.nan, np.where(limits >= 1, 0.0, share))

    @cached_property
    def _until(self) -> Floats:
        """(B,) looks at or below each bound."""
        return np.cumsum(np.nansum(self.counts, axis=0))


@dataclass(frozen=True)
class Usage:
    """What one machine used; all arrays have the shape (intervals,), and NaN where unknown.

    Intervals lie between neighbouring ticks of a recording. Those over a gap, or in which a
    counter went back, are there with NaN, so that nobody takes them for idle.

    Attributes:
        machine: its name.
        starts, ends: Unix seconds.
        cpus: that were online.
        busy: share of all CPU time that was not idle, iowait or steal; 0 to 1.
        system: the part of it in the kernel (system, irq, softirq); 0 to 1.
        steal: share of all CPU time that the host took; 0 to 1. It is no demand.
        memory_bytes: that were not available, at the end of the interval.
        memory_total_bytes: that the machine has.
        disk_read_bytes, disk_write_bytes: a second, over the disks that count.
        disk_reads, disk_writes: operations a second.
        network_receive_bytes, network_transmit_bytes: a second, over the physical interfaces.
        busiest_cpu: busy ratio of the CPU that was the busiest; 0 to 1; None: unknown.
        bursts: what a sampler saw between the ticks; None: there was none.
    """

    machine: str
    starts: Floats
    ends: Floats
    cpus: Floats
    busy: Floats
    system: Floats
    steal: Floats
    memory_bytes: Floats
    memory_total_bytes: Floats
    disk_read_bytes: Floats
    disk_write_bytes: Floats
    disk_reads: Floats
    disk_writes: Floats
    network_receive_bytes: Floats
    network_transmit_bytes: Floats
    busiest_cpu: Floats | None = None
    bursts: SampledBusy | None = None

    @property
    def seconds(self) -> Floats:
        """How long each interval is."""
        return self.ends - self.starts

    def since(self, start: float) -> Usage:
        """The intervals that end after a time (Unix seconds)."""
        if not len(self.ends) or self.ends[0] > start:
            return self
        kept = self.ends > start
        changes: dict[str, Any] = {
            field.name: value[kept]
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), np.ndarray)
        }
        if self.bursts is not None:
            changes["bursts"] = SampledBusy(self.bursts.bounds, self.bursts.counts[kept])
        return replace(self, **changes)
