"""What recordings ask for in the target's own measure, one by one and added up. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from perfanalysis.recordings.recording import Floats
from workload.prediction.candidate import WorkCurve
from workload.prediction.curves import work_at
from workload.replaying.recorded_load import RecordedCpu, RecordedLoad

# Names of the columns; those of disks are (field, device), of CPUs (field, number).
Column = str | tuple[str, str] | tuple[str, int]
CPU, CPU_SYSTEM = "cpu", "cpu_system"
MEMORY, PAGE_CACHE = "memory", "page_cache"
RECEIVE, TRANSMIT = "receive", "transmit"
DISK_FIELDS = ("read_bytes", "write_bytes", "reads", "writes")


@dataclass(frozen=True)
class ReplayTarget:
    """Where a recording is replayed.

    Attributes:
        cpus: that it may use.
        memory_bytes: that it has.
        curve: its work by busy level; None: utilisation itself is reproduced.
        per_core: whether each CPU follows its own.
    """

    cpus: int
    memory_bytes: float
    curve: WorkCurve | None = None
    per_core: bool = False


@dataclass(frozen=True)
class Amounts:
    """Amounts that can be added: work or shares of CPU time, bytes, bytes and operations a second.

    Attributes:
        starts, ends: seconds from the begin; arrays of shape (intervals,).
        columns: of the same shape; NaN where unknown.
    """

    starts: Floats
    ends: Floats
    columns: dict[Column, Floats] = field(default_factory=dict)

    def cut(self, begin: float, end: float) -> Amounts:
        """The intervals whose middle is between two moments; the first of them begins at 0."""
        middle = (self.starts + self.ends) / 2
        inside = (middle >= begin) & (middle < end)
        first = self.starts[inside][0] if inside.any() else 0.0
        return Amounts(
            self.starts[inside] - first,
            self.ends[inside] - first,
            {name: column[inside] for name, column in self.columns.items()},
        )

    def at_speed(self, speed: float) -> Amounts:
        """The same levels in less time, or in more."""
        return replace(self, starts=self.starts / speed, ends=self.ends / speed)


def amounts_of(load: RecordedLoad, curve: WorkCurve | None, target: ReplayTarget) -> Amounts:
    """What one recording asks for.

    Args:
        load: of the recording.
        curve: of its machine; None: its utilisation is reproduced, of CPUs and of memory.
        target: where.
    """
    literal = curve is None
    work = load.busy if curve is None else work_at(curve, load.busy)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(load.busy > 0, load.system / load.busy, 0.0)
        scale = target.memory_bytes / load.memory_total_bytes if literal else 1.0
    columns: dict[Column, Floats] = {
        CPU: work,
        CPU_SYSTEM: work * part,
        MEMORY: load.memory_bytes * scale,
        PAGE_CACHE: load.page_cache_bytes * scale,
        RECEIVE: load.receive_bytes,
        TRANSMIT: load.transmit_bytes,
    }
    for device, disk in load.disks.items():
        for name in DISK_FIELDS:
            columns[name, device] = getattr(disk, name)
    if target.per_core:
        columns |= _of_cpus(load, work, target.cpus, literal=literal)
    begin = load.starts[0]
    return Amounts(load.starts - begin, load.ends - begin, columns)


def _of_cpus(load: RecordedLoad, work: Floats, cpus: int, *, literal: bool) -> dict[Column, Floats]:
    """Each recorded CPU's amount; of more CPUs than the target has, several come together."""
    zero = np.zeros_like(work)
    columns: dict[Column, Floats] = {}
    for number in range(cpus):
        columns[CPU, number], columns[CPU_SYSTEM, number] = zero, zero
    whole = sum((np.nan_to_num(cpu.busy) for cpu in load.of_cpus.values()), zero)
    for place, cpu in enumerate(load.of_cpus.values()):
        number = place % cpus
        busy, system = _scaled(cpu, work, whole, literal=literal)
        columns[CPU, number] = columns[CPU, number] + busy
        columns[CPU_SYSTEM, number] = columns[CPU_SYSTEM, number] + system
    return columns


def _scaled(
    cpu: RecordedCpu, work: Floats, whole: Floats, *, literal: bool
) -> tuple[Floats, Floats]:
    if literal:
        return cpu.busy, cpu.system
    with np.errstate(invalid="ignore", divide="ignore"):
        per_share = np.where(whole > 0, work / whole, 0.0)
    return cpu.busy * per_share, cpu.system * per_share


def added(parts: Sequence[Amounts]) -> Amounts:
    """What several recordings ask for together, on a grid of the shortest of their steps.

    A recording that has ended asks for nothing more. Where one of them does not know, nobody does.
    One alone keeps its own intervals, unless some are far shorter than the others.
    """
    if len(parts) == 1 and _even(parts[0]):
        return parts[0]
    step = min(float(np.median(part.ends - part.starts)) for part in parts)
    last = max(float(part.ends[-1]) for part in parts)
    edges = np.arange(0.0, last + step * (1 - 1e-9), step)
    names = dict.fromkeys(name for part in parts for name in part.columns)
    zero = np.zeros(len(edges) - 1)
    columns = {
        name: sum(
            (_on_grid(part, part.columns[name], edges) for part in parts if name in part.columns),
            zero,
        )
        for name in names
    }
    return Amounts(edges[:-1], edges[1:], columns)


def _even(part: Amounts) -> bool:
    seconds = part.ends - part.starts
    return bool(seconds.min() >= np.median(seconds) / 2)


def _on_grid(part: Amounts, column: Floats, edges: Floats) -> Floats:
    """The mean of a column over each step, by time; 0 where the recording has no interval."""
    bounds = np.append(part.starts, part.ends[-1])
    known = np.isfinite(column)
    amount = np.append(0.0, np.cumsum(np.where(known, column, 0.0) * (part.ends - part.starts)))
    unknown = np.append(0.0, np.cumsum(np.where(known, 0.0, part.ends - part.starts)))
    mean = np.diff(np.interp(edges, bounds, amount)) / np.diff(edges)
    gone = np.diff(np.interp(edges, bounds, unknown))
    return np.where(gone > 1e-9, np.nan, mean)
