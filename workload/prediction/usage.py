"""What a machine used, interval by interval: the one view of a recording that prediction reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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

    @property
    def seconds(self) -> Floats:
        """How long each interval is."""
        return self.ends - self.starts
