"""From a recording to what its machine used: rates of counters, over what counts once. Pure.

A rate is the difference of neighbouring ticks. Where a counter went back, a tick is missing, or two
ticks are further apart than ``GAP_STEPS`` of the recording's own step, there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from perfanalysis.exposition.families import SeriesIdentity
from perfanalysis.recordings.recording import Floats, Recording
from workload.prediction.usage import Usage

GAP_STEPS = 2.5
IDLE = frozenset({"idle", "iowait"})
STEAL = "steal"
SYSTEM = frozenset({"system", "irq", "softirq"})
# Devices of which the exporter did not tell whether they are physical count but for these.
VIRTUAL_DISKS = re.compile(r"(loop|ram|zram|sr|fd|dm-|md|bcache|drbd|zd).*")
VIRTUAL_INTERFACES = re.compile(
    r"(lo|(bond|team|vlan|veth|docker|podman|br-|bridge|cni|flannel|cali|cilium|lxc|kube-|nodelocaldns"
    r"|vxlan|geneve|genev_sys|ovs-|tunl|gre|sit|virbr|vnet|ifb|dummy|tap|tun|wg|macv|ipvl|vrf).*"
    r"|br[0-9]+|.+[.][0-9]+)"
)


def usage_of(recording: Recording) -> Usage:
    """What the machine of a recording used."""
    times = recording.times
    by_mode, cpus = _cpu_seconds(recording)
    total = _sum(by_mode.values(), len(times) - 1)
    idle = _sum((by_mode[mode] for mode in IDLE & by_mode.keys()), len(times) - 1)
    steal = by_mode.get(STEAL, np.zeros(max(len(times) - 1, 0)))
    system = _sum((by_mode[mode] for mode in SYSTEM & by_mode.keys()), len(times) - 1)
    total = np.where(total > 0, total, np.nan)
    return Usage(
        recording.machine,
        times[:-1],
        times[1:],
        cpus,
        (total - idle - steal) / total,
        system / total,
        steal / total,
        *_memory(recording),
        *(_disks(recording, name) for name in _DISK),
        *(_interfaces(recording, name) for name in _NETWORK),
    )


_DISK = (
    "node_disk_read_bytes_total",
    "node_disk_written_bytes_total",
    "node_disk_reads_completed_total",
    "node_disk_writes_completed_total",
)
_NETWORK = ("node_network_receive_bytes_total", "node_network_transmit_bytes_total")


def differences(recording: Recording, column: Floats) -> Floats:
    """What a counter rose by between neighbouring ticks; NaN over gaps and where it went back."""
    rise = np.diff(column)
    gap = np.diff(recording.times) > GAP_STEPS * recording.step
    return np.where(gap | (rise < 0), np.nan, rise)


def _cpu_seconds(recording: Recording) -> tuple[dict[str, Floats], Floats]:
    """Seconds of all CPUs in each mode, and how many CPUs are known.

    A CPU counts where all of its modes are known: after a restart some go back and others do not.
    """
    of_cpu: dict[str, dict[str, Floats]] = {}
    for series, column in recording.of("node_cpu_seconds_total").items():
        labels = dict(series.labels)
        of_cpu.setdefault(labels["cpu"], {})[labels["mode"]] = differences(recording, column)
    length = max(len(recording.times) - 1, 0)
    if not of_cpu:
        return _of_all_cpus(recording, length)
    cpus = np.zeros(length)
    modes: dict[str, list[Floats]] = {}
    for rises in of_cpu.values():
        known = np.isfinite(sum(rises.values(), np.zeros(length)))
        cpus += known
        for mode, rise in rises.items():
            modes.setdefault(mode, []).append(np.where(known, rise, np.nan))
    by_mode = {mode: _sum(rises, length) for mode, rises in modes.items()}
    return by_mode, np.where(cpus > 0, cpus, np.nan)


def _of_all_cpus(recording: Recording, length: int) -> tuple[dict[str, Floats], Floats]:
    """The same of a recording that has all CPUs together (workload/recording/all_cpus.py)."""
    rises = {
        dict(series.labels)["mode"]: differences(recording, column)
        for series, column in recording.of("perf_recording_cpu_seconds_total").items()
    }
    known = np.isfinite(sum(rises.values(), np.zeros(length)))
    by_mode = {mode: np.where(known, rise, np.nan) for mode, rise in rises.items()}
    return by_mode, _one(recording, "perf_recording_cpus")[1:]


def _sum(arrays: Iterable[Floats], length: int) -> Floats:
    """The sum of what is known at each place; NaN where nothing is."""
    total = np.full(max(length, 0), np.nan)
    for array in arrays:
        total = np.where(np.isnan(total), array, total + np.nan_to_num(array))
    return total


def _memory(recording: Recording) -> tuple[Floats, Floats]:
    total = _one(recording, "node_memory_MemTotal_bytes")
    available = _one(recording, "node_memory_MemAvailable_bytes")
    return (total - available)[1:], total[1:]


def _one(recording: Recording, name: str) -> Floats:
    found = list(recording.of(name).values())
    return found[0] if found else np.full(len(recording.times), np.nan)


def _disks(recording: Recording, name: str) -> Floats:
    return _rates(recording, name, "perf_disk_physical", VIRTUAL_DISKS)


def _interfaces(recording: Recording, name: str) -> Floats:
    return _rates(recording, name, "perf_network_physical", VIRTUAL_INTERFACES)


def _rates(recording: Recording, name: str, told: str, virtual: re.Pattern[str]) -> Floats:
    physical = {
        _device(series): bool(np.nanmax(column) > 0)
        for series, column in recording.of(told).items()
        if np.isfinite(column).any()
    }
    rises = [
        differences(recording, column)
        for series, column in recording.of(name).items()
        if physical.get(_device(series), not (physical or virtual.fullmatch(_device(series))))
    ]
    return _sum(rises, len(recording.times) - 1) / np.diff(recording.times)


def _device(series: SeriesIdentity) -> str:
    return dict(series.labels)["device"]
