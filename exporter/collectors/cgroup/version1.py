"""A container's groups in version 1 (kernel documents admin-guide/cgroup-v1/)."""

from __future__ import annotations

import os
import re

from exporter.collecting import CollectorError
from exporter.collectors.cgroup import families as f
from exporter.collectors.cgroup.kill_counts import GroupKills
from exporter.collectors.cgroup.reading import (
    ContainerSeries,
    DeviceName,
    Readings,
    parse_number,
    parse_pairs,
    pick,
    quota_readings,
    read,
)
from exporter.sources.tokens import shown
from perfanalysis.exposition.families import Family
from perfanalysis.machines.cpu_quota import parse_cfs_quota

NANOSECONDS = b"e-9"
_TICKS = {100: b"e-2", 1000: b"e-3"}[os.sysconf("SC_CLK_TCK")]
# A limit at the top of the counter's range, which is a page below 2**63, is none.
NO_LIMIT = 1 << 62

_ACCOUNTING = {
    b"user": ContainerSeries(f.CPU_USER, (), _TICKS),
    b"system": ContainerSeries(f.CPU_SYSTEM, (), _TICKS),
}
_CPU = {
    b"nr_periods": ContainerSeries(f.CFS_PERIODS),
    b"nr_throttled": ContainerSeries(f.CFS_THROTTLED),
    b"throttled_time": ContainerSeries(f.CFS_SECONDS, (), NANOSECONDS),
}
# ``total_`` counts the groups below too; without memory.use_hierarchy it is not there.
_MEMORY = {
    b"rss": ContainerSeries(f.MEMORY_RSS),
    b"cache": ContainerSeries(f.MEMORY_CACHE),
    b"mapped_file": ContainerSeries(f.MEMORY_MAPPED),
    b"swap": ContainerSeries(f.MEMORY_SWAP),
    b"pgfault": ContainerSeries(f.MEMORY_FAILURES, ("pgfault", "hierarchy")),
    b"pgmajfault": ContainerSeries(f.MEMORY_FAILURES, ("pgmajfault", "hierarchy")),
}
_MEMORY_NUMBERS = {
    "memory.max_usage_in_bytes": ContainerSeries(f.MEMORY_MAXIMUM),
    "memory.kmem.usage_in_bytes": ContainerSeries(f.MEMORY_KERNEL),
    "memory.failcnt": ContainerSeries(f.MEMORY_FAILCNT),
}
_MEMORY_LIMITS = {
    "memory.limit_in_bytes": ContainerSeries(f.SPEC_MEMORY),
    "memory.memsw.limit_in_bytes": ContainerSeries(f.SPEC_SWAP),
    "memory.soft_limit_in_bytes": ContainerSeries(f.SPEC_RESERVATION),
}
_BLOCK = {
    "blkio.throttle.io_service_bytes": {b"Read": f.FS_READ_BYTES, b"Write": f.FS_WRITTEN_BYTES},
    "blkio.throttle.io_serviced": {b"Read": f.FS_READS, b"Write": f.FS_WRITES},
}
_BLOCK_LINE = re.compile(rb"([0-9]+:[0-9]+) ([A-Z][a-z]+) ([0-9]{1,20})|Total [0-9]+")


def parse_block(data: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """The lines of a blkio file: device (``8:0``), operation (``Read``), number.

    Raises:
        CollectorError: a line is not understood.
    """
    rows = []
    for line in data.splitlines():
        match = _BLOCK_LINE.fullmatch(line)
        if match is None:
            raise CollectorError(f"blkio: expected 'DEVICE OPERATION number', found {shown(line)}")
        if match[1]:
            rows.append((match[1], match[2], match[3]))
    return rows


def _number(folder: str, name: str) -> bytes | None:
    data = read(folder, name)
    return None if data is None else parse_number(data, name)


def _cpu(folders: dict[str, str]) -> Readings:
    readings: Readings = []
    if folder := folders.get("cpuacct"):
        if usage := _number(folder, "cpuacct.usage"):
            readings.append((ContainerSeries(f.CPU_USAGE, ("total",), NANOSECONDS), usage))
        if (data := read(folder, "cpuacct.stat")) is not None:
            stat = parse_pairs(data, "cpuacct.stat")
            readings += pick(stat, _ACCOUNTING)
    if (folder := folders.get("cpu")) and (data := read(folder, "cpu.stat")) is not None:
        stat = parse_pairs(data, "cpu.stat")
        readings += pick(stat, _CPU)
    return readings


def read_kills(folder: str, kills: GroupKills) -> Readings:
    """The kills in the group itself; the kernel counts none of those below it. They are counted.

    Raises:
        CollectorError, OSError: see ``read_usage``.
    """
    with kills.counts.lock:
        if (data := read(folder, "memory.oom_control")) is None:
            return []
        events = parse_pairs(data, "memory.oom_control")
        if b"oom_kill" not in events:
            return []
        return [(ContainerSeries(f.OOM_EVENTS), kills.seen(events[b"oom_kill"]))]


def _memory(folder: str, kills: GroupKills) -> Readings:
    readings: Readings = []
    usage = _number(folder, "memory.usage_in_bytes")
    if usage is None:
        return readings
    readings.append((ContainerSeries(f.MEMORY_USAGE), usage))
    if (data := read(folder, "memory.stat")) is not None:
        stat = parse_pairs(data, "memory.stat")
        for name, series in _MEMORY.items():
            if (value := stat.get(b"total_" + name, stat.get(name))) is not None:
                readings.append((series, value))
        inactive = stat.get(b"total_inactive_file", stat.get(b"inactive_file"))
        if inactive is not None:
            working_set = max(0, int(usage) - int(inactive))
            readings.append((ContainerSeries(f.MEMORY_WORKING_SET), b"%d" % working_set))
    for file, series in _MEMORY_NUMBERS.items():
        if number := _number(folder, file):
            readings.append((series, number))
    return readings + read_kills(folder, kills)


def _block(folder: str, device_name: DeviceName) -> Readings:
    readings: Readings = []
    for file, kinds in _BLOCK.items():
        data = read(folder, f"{file}_recursive")
        if data is None:
            data = read(folder, file) or b""
        for device, operation, number in parse_block(data):
            family: Family | None = kinds.get(operation)
            if family is not None:
                readings.append((ContainerSeries(family, (device_name(device),)), number))
    return readings


def read_pod(folders: dict[str, str], kills: GroupKills) -> Readings:
    """What all containers of a pod have used; ``folders`` are its groups by controller.

    Raises:
        CollectorError, OSError: see ``read_usage``.
    """
    memory = folders.get("memory")
    return _cpu(folders) + (_memory(memory, kills) if memory else [])


def read_usage(folders: dict[str, str], device_name: DeviceName, kills: GroupKills) -> Readings:
    """What the container has used; ``folders`` are its groups by controller.

    Raises:
        CollectorError: a file is malformed.
        OSError: a file cannot be read, or the group has gone.
    """
    readings = _cpu(folders)
    if folder := folders.get("memory"):
        readings += _memory(folder, kills)
    if folder := folders.get("blkio"):
        readings += _block(folder, device_name)
    if (folder := folders.get("pids")) and (number := _number(folder, "pids.current")):
        readings.append((ContainerSeries(f.THREADS), number))
    return readings


def read_limits(folders: dict[str, str]) -> Readings:
    """What the container may use.

    Raises:
        CollectorError, OSError: see ``read_usage``.
    """
    readings: Readings = []
    if folder := folders.get("cpu"):
        if shares := _number(folder, "cpu.shares"):
            readings.append((ContainerSeries(f.SPEC_SHARES), shares))
        quota, period = read(folder, "cpu.cfs_quota_us"), read(folder, "cpu.cfs_period_us")
        if quota is not None and period is not None:
            readings += quota_readings(parse_cfs_quota(quota, period))
    if folder := folders.get("memory"):
        for file, series in _MEMORY_LIMITS.items():
            if limit := _number(folder, file):
                readings.append((series, limit if int(limit) < NO_LIMIT else b"0"))
    if (folder := folders.get("pids")) and (data := read(folder, "pids.max")) is not None:
        readings.append((ContainerSeries(f.THREADS_MAX), parse_number(data, "pids.max") or b"0"))
    return readings
