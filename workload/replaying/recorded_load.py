"""What a recording asks a target for, interval by interval. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from perfanalysis.recordings.recording import Floats, Recording
from workload.counters import differences
from workload.cpu_time import IDLE, STEAL, SYSTEM
from workload.usage_of import usage_of


@dataclass(frozen=True)
class RecordedCpu:
    """Of one CPU: shares of its time, 0 to 1; arrays of shape (intervals,), NaN where unknown."""

    busy: Floats
    system: Floats


@dataclass(frozen=True)
class RecordedDisk:
    """Of one device, a second; arrays of shape (intervals,), NaN where unknown."""

    read_bytes: Floats
    write_bytes: Floats
    reads: Floats
    writes: Floats


@dataclass(frozen=True)
class RecordedLoad:
    """What one machine used; all arrays have the shape (intervals,), NaN where unknown.

    Attributes:
        machine: its name.
        starts, ends: Unix seconds.
        cpus: that were online.
        busy, system: shares of all CPU time, 0 to 1; the latter is a part of the former.
        of_cpus: by the CPU's number.
        memory_bytes: that were not available, at the end of the interval.
        memory_total_bytes: that the machine has.
        page_cache_bytes: pages of files, at the end of the interval (Cached without Shmem).
        disks: by device, also partitions.
        receive_bytes, transmit_bytes: a second, over the physical interfaces.
    """

    machine: str
    starts: Floats
    ends: Floats
    cpus: Floats
    busy: Floats
    system: Floats
    of_cpus: Mapping[int, RecordedCpu]
    memory_bytes: Floats
    memory_total_bytes: Floats
    page_cache_bytes: Floats
    disks: Mapping[str, RecordedDisk]
    receive_bytes: Floats
    transmit_bytes: Floats


def load_of(recording: Recording) -> RecordedLoad:
    """What the machine of a recording used, with each of its CPUs and disks."""
    usage = usage_of(recording)
    return RecordedLoad(
        usage.machine,
        usage.starts,
        usage.ends,
        usage.cpus,
        usage.busy,
        usage.system,
        _of_cpus(recording),
        usage.memory_bytes,
        usage.memory_total_bytes,
        _page_cache(recording),
        _disks(recording),
        usage.network_receive_bytes,
        usage.network_transmit_bytes,
    )


def _of_cpus(recording: Recording) -> dict[int, RecordedCpu]:
    modes: dict[int, dict[str, Floats]] = {}
    for series, column in recording.of("node_cpu_seconds_total").items():
        labels = dict(series.labels)
        if labels["cpu"].isdecimal():
            rise = differences(recording, column)
            modes.setdefault(int(labels["cpu"]), {})[labels["mode"]] = rise
    return {cpu: _cpu(found) for cpu, found in sorted(modes.items())}


def _cpu(modes: Mapping[str, Floats]) -> RecordedCpu:
    zero = np.zeros(len(next(iter(modes.values()))))
    total = sum(modes.values(), zero)
    total = np.where(total > 0, total, np.nan)
    rest = sum((modes[mode] for mode in (IDLE | {STEAL}) & modes.keys()), zero)
    system = sum((modes[mode] for mode in SYSTEM & modes.keys()), zero)
    return RecordedCpu((total - rest) / total, system / total)


def _page_cache(recording: Recording) -> Floats:
    """Cached holds what lies in shared memory, too, which no file gives back."""
    unknown = np.full(max(len(recording.times), 1), np.nan)
    cached, shared = (
        next(iter(recording.of(f"node_memory_{name}_bytes").values()), unknown)
        for name in ("Cached", "Shmem")
    )
    found: Floats = cached - np.nan_to_num(shared)
    return found[1:]


_OF_DISKS = {
    "read_bytes": "node_disk_read_bytes_total",
    "write_bytes": "node_disk_written_bytes_total",
    "reads": "node_disk_reads_completed_total",
    "writes": "node_disk_writes_completed_total",
}


def _disks(recording: Recording) -> dict[str, RecordedDisk]:
    seconds = np.diff(recording.times)
    rates: dict[str, dict[str, Floats]] = {}
    for field, name in _OF_DISKS.items():
        for series, column in recording.of(name).items():
            device = dict(series.labels)["device"]
            rates.setdefault(device, {})[field] = differences(recording, column) / seconds
    unknown = np.full(len(seconds), np.nan)
    return {
        device: RecordedDisk(*(found.get(field, unknown) for field in _OF_DISKS))
        for device, found in rates.items()
    }
