"""Captures of /proc as recordings in memory: CPU time by mode, memory, disks and interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from perfanalysis.exposition.families import FamilyType, SeriesIdentity
from perfanalysis.recordings import captures
from perfanalysis.recordings.recording import Floats, Recording

MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
SECTOR = 512
# Columns of /proc/diskstats behind the name, and of /proc/net/dev (proc(5)).
DISK = {"reads_completed": (0, 1), "read_bytes": (2, SECTOR)} | {
    "writes_completed": (4, 1),
    "written_bytes": (6, SECTOR),
}
NETWORK = {"receive_bytes": 0, "transmit_bytes": 8}
MEMORY = ("MemTotal", "MemAvailable", "MemFree", "Cached", "Shmem")

Value = tuple[SeriesIdentity, float]


def recording_of(path: Path) -> Recording:
    """A capture, flat or nested, plain or gzip.

    Raises:
        InputError: it is none.
    """
    times: list[float] = []
    values: dict[SeriesIdentity, dict[int, float]] = {}
    for number, tick in enumerate(captures.read(path)):
        times.append(tick.time)
        for series, value in _values(tick.texts):
            values.setdefault(series, {})[number] = value
    columns = {series: _column(found, len(times)) for series, found in values.items()}
    types: dict[str, FamilyType] = {
        series.name: "counter" if series.name.endswith("_total") else "gauge" for series in columns
    }
    return Recording(path.name.partition(".")[0], np.array(times), columns, types)


def _column(found: dict[int, float], length: int) -> Floats:
    column = np.full(length, np.nan)
    column[list(found)] = list(found.values())
    return column


def _values(texts: dict[str, bytes]) -> Iterator[Value]:
    yield from _cpus(texts.get("/proc/stat", b"").decode())
    yield from _memory(texts.get("/proc/meminfo", b"").decode())
    yield from _disks(texts.get("/proc/diskstats", b"").decode())
    yield from _interfaces(texts.get("/proc/net/dev", b"").decode())


def _cpus(text: str) -> Iterator[Value]:
    for cpu, numbers in re.findall(r"^cpu(\d+) (.*)$", text, re.MULTILINE):
        for mode, ticks in zip(MODES, numbers.split(), strict=False):
            labels = (("cpu", cpu), ("mode", mode))
            yield SeriesIdentity("node_cpu_seconds_total", labels), int(ticks) / 100


def _memory(text: str) -> Iterator[Value]:
    for name, kibibytes in re.findall(r"^(\w+): +(\d+) kB$", text, re.MULTILINE):
        if name in MEMORY:
            yield SeriesIdentity(f"node_memory_{name}_bytes", ()), int(kibibytes) * 1024.0


def _disks(text: str) -> Iterator[Value]:
    for device, numbers in re.findall(r"^ *\d+ +\d+ (\S+) (.*)$", text, re.MULTILINE):
        fields = numbers.split()
        for name, (place, unit) in DISK.items():
            series = SeriesIdentity(f"node_disk_{name}_total", (("device", device),))
            yield series, float(int(fields[place]) * unit)


def _interfaces(text: str) -> Iterator[Value]:
    for device, numbers in re.findall(r"^ *(\S+):(.*)$", text, re.MULTILINE):
        fields = numbers.split()
        for name, place in NETWORK.items():
            series = SeriesIdentity(f"node_network_{name}_total", (("device", device),))
            yield series, float(fields[place])
