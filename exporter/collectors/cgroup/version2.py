"""A container's group in version 2 (kernel document admin-guide/cgroup-v2.rst)."""

from __future__ import annotations

import re
from functools import lru_cache

from exporter.collecting import CollectorError
from exporter.collectors import pressure
from exporter.collectors.cgroup import families as f
from exporter.collectors.cgroup.kill_counts import GroupKills
from exporter.collectors.cgroup.reading import (
    ContainerSeries,
    DeviceName,
    GroupFiles,
    Pairs,
    Readings,
    parse_number,
    pick,
    quota_readings,
    read,
)
from exporter.sources.tokens import shown
from perfanalysis.machines.cpu_quota import parse_cpu_max

MICROSECONDS = b"e-6"
# By name in cpu.stat. Throttling is counted where the controller is on, limit or not.
_CPU = {
    b"usage_usec": ContainerSeries(f.CPU_USAGE, ("total",), MICROSECONDS),
    b"user_usec": ContainerSeries(f.CPU_USER, (), MICROSECONDS),
    b"system_usec": ContainerSeries(f.CPU_SYSTEM, (), MICROSECONDS),
    b"nr_periods": ContainerSeries(f.CFS_PERIODS),
    b"nr_throttled": ContainerSeries(f.CFS_THROTTLED),
    b"throttled_usec": ContainerSeries(f.CFS_SECONDS, (), MICROSECONDS),
}
_MEMORY = {
    b"anon": ContainerSeries(f.MEMORY_RSS),
    b"file": ContainerSeries(f.MEMORY_CACHE),
    b"file_mapped": ContainerSeries(f.MEMORY_MAPPED),
    b"kernel": ContainerSeries(f.MEMORY_KERNEL),
    b"pgfault": ContainerSeries(f.MEMORY_FAILURES, ("pgfault", "hierarchy")),
    b"pgmajfault": ContainerSeries(f.MEMORY_FAILURES, ("pgmajfault", "hierarchy")),
}
_EVENTS = {b"max": ContainerSeries(f.MEMORY_FAILCNT)}
_KILLS = ContainerSeries(f.OOM_EVENTS)
# Files of one number; what they say when there is no limit is left out, or 0 as cAdvisor has it.
_NUMBERS = {
    "memory.peak": ContainerSeries(f.MEMORY_MAXIMUM),
    "memory.swap.current": ContainerSeries(f.MEMORY_SWAP),
    "pids.current": ContainerSeries(f.THREADS),
}
_LIMITS = {
    "memory.max": ContainerSeries(f.SPEC_MEMORY),
    "memory.swap.max": ContainerSeries(f.SPEC_SWAP),
    "memory.low": ContainerSeries(f.SPEC_RESERVATION),
    "pids.max": ContainerSeries(f.THREADS_MAX),
}
_IO = {
    b"rbytes": f.FS_READ_BYTES,
    b"wbytes": f.FS_WRITTEN_BYTES,
    b"rios": f.FS_READS,
    b"wios": f.FS_WRITES,
}
_PRESSURE = {key: ContainerSeries(family, (), MICROSECONDS) for key, family in f.PRESSURE.items()}
_CPU_STAT = Pairs(*_CPU)
_MEMORY_STAT = Pairs(*_MEMORY, b"inactive_file")
_MEMORY_EVENTS = Pairs(*_EVENTS, b"oom_kill")
_PRESSURES = tuple(f"{resource}.pressure" for resource in ("cpu", "memory", "io"))
_POD_FILES = GroupFiles("cpu.stat", "memory.current", "memory.stat", *_PRESSURES)
_FILES = GroupFiles(
    *("cpu.stat", "memory.current", "memory.stat", "io.stat"), *_NUMBERS, *_PRESSURES
)
_PRESSURE_FILES = GroupFiles(*_PRESSURES)
_DEVICE = re.compile(rb"[0-9]+:[0-9]+")
_IO_PAIR = re.compile(rb"([a-z]+)=([0-9]{1,20})")


def shares_of(weight: int) -> int:
    """A weight of 1 to 10000 as shares of 2 to 262144, as runtimes and cAdvisor convert it."""
    return 2 + (weight - 1) * 262142 // 9999


def parse_io(data: bytes) -> dict[bytes, dict[bytes, bytes]]:
    """The counters of io.stat by device (``8:0``).

    Raises:
        CollectorError: a line is not understood.
    """
    devices: dict[bytes, dict[bytes, bytes]] = {}
    for line in data.splitlines():
        device, _, rest = line.partition(b" ")
        if not _DEVICE.fullmatch(device):
            raise CollectorError(f"io.stat: expected MAJOR:MINOR, found {shown(line)}")
        # A device that has gone while it was read leaves its number and no counters.
        if pairs := dict(_IO_PAIR.findall(rest)):
            devices[device] = pairs
    return devices


def read_kills(folder: str, kills: GroupKills) -> Readings:
    """What ``memory.events`` says of the group and all below it; its kills are counted.

    Raises:
        CollectorError, OSError: see ``read_usage``.
    """
    with kills.counts.lock:
        if (data := read(folder, "memory.events")) is None:
            return []
        events = _MEMORY_EVENTS(data, "memory.events")
        readings = pick(events, _EVENTS)
        if b"oom_kill" in events:
            readings.append((_KILLS, kills.seen(events[b"oom_kill"])))
        return readings


def _cpu(files: dict[str, bytes | None]) -> Readings:
    data = files["cpu.stat"]
    return [] if data is None else pick(_CPU_STAT(data, "cpu.stat"), _CPU)


def _memory(folder: str, files: dict[str, bytes | None], kills: GroupKills) -> Readings:
    readings: Readings = []
    usage = files["memory.current"]
    if usage is None:
        return readings
    used = parse_number(usage, "memory.current") or b"0"
    readings.append((ContainerSeries(f.MEMORY_USAGE), used))
    if (data := files["memory.stat"]) is not None:
        stat = _MEMORY_STAT(data, "memory.stat")
        readings += pick(stat, _MEMORY)
        if b"inactive_file" in stat:
            working_set = max(0, int(used) - int(stat[b"inactive_file"]))
            readings.append((ContainerSeries(f.MEMORY_WORKING_SET), b"%d" % working_set))
    return readings + read_kills(folder, kills)


@lru_cache(1024)
def _of_device(key: bytes, device: str) -> ContainerSeries:
    return ContainerSeries(_IO[key], (device,))


def _io(data: bytes | None, device_name: DeviceName) -> Readings:
    readings: Readings = []
    for device, counters in parse_io(data).items() if data else ():
        name = device_name(device)
        readings += [(_of_device(key, name), counters[key]) for key in _IO if key in counters]
    return readings


def _pressure(files: dict[str, bytes | None]) -> Readings:
    readings: Readings = []
    for resource in ("cpu", "memory", "io"):
        if data := files[f"{resource}.pressure"]:
            for kind, total in pressure.parse(data).items():
                readings.append((_PRESSURE[resource, kind], total))
    return readings


def read_pressure(folder: str) -> Readings:
    """The stall times of a group, where version 2's tree is beside version 1's controllers.

    Raises:
        CollectorError, OSError: see ``read_usage``.
    """
    return _pressure(_PRESSURE_FILES.read(folder))


def read_pod(folder: str, kills: GroupKills) -> Readings:
    """What all containers of a pod have used, as far as a pod may have limits of its own.

    Raises:
        CollectorError, OSError: see ``read_usage``.
    """
    files = _POD_FILES.read(folder)
    return _cpu(files) + _memory(folder, files, kills) + _pressure(files)


def read_usage(folder: str, device_name: DeviceName, kills: GroupKills) -> Readings:
    """What the container has used.

    Raises:
        CollectorError: a file is malformed.
        OSError: a file cannot be read, or the group has gone.
    """
    files = _FILES.read(folder)
    readings = _cpu(files) + _memory(folder, files, kills)
    for name, series in _NUMBERS.items():
        if (data := files[name]) is not None and (number := parse_number(data, name)):
            readings.append((series, number))
    return readings + _io(files["io.stat"], device_name) + _pressure(files)


def read_limits(folder: str) -> Readings:
    """What the container may use.

    Raises:
        CollectorError, OSError: see ``read_usage``.
    """
    readings: Readings = []
    if (data := read(folder, "cpu.max")) is not None:
        readings += quota_readings(parse_cpu_max(data))
    if (data := read(folder, "cpu.weight")) and (weight := parse_number(data, "cpu.weight")):
        readings.append((ContainerSeries(f.SPEC_SHARES), b"%d" % shares_of(int(weight))))
    for name, series in _LIMITS.items():
        if (data := read(folder, name)) is not None:
            readings.append((series, parse_number(data, name) or b"0"))
    return readings
