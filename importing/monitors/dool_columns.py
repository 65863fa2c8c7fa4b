"""The columns of dool and dstat by their groups, and what they tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from importing.monitors import names
from perfanalysis.exposition.families import Series

Row = Mapping[tuple[str, str], float]


class DstatUnits(NamedTuple):
    """Bytes of what memory, disks and networks are told in."""

    memory: float
    disks: float
    networks: float


_CPU_GROUP = re.compile(r"cpu([0-9]+) usage")
_CPU_TOTALS = ("total cpu usage", "total usage")
_MODES = {
    "usr": "user",
    "sys": "system",
    "idl": "idle",
    "wai": "iowait",
    "stl": "steal",
    "hiq": "irq",
    "siq": "softirq",
}
_MEMORY_GROUPS = ("memory usage", "advanced memory usage")
_MEMORY = {
    "free": "MemFree",
    "cach": "Cached",
    "buff": "Buffers",
    "buf": "Buffers",
    "avai": "MemAvailable",
    "dirty": "Dirty",
    "shmem": "Shmem",
    "recl": "SReclaimable",
}
_SWAP_GROUPS = ("swap", "total")
_RATES: dict[tuple[str, str], Series] = {
    ("procs", "new"): names.FORKS,
    ("system", "int"): names.INTERRUPTS,
    ("system", "csw"): names.CONTEXT_SWITCHES,
}
_VALUES: dict[tuple[str, str], Series] = {
    ("procs", "run"): names.RUNNING,
    ("procs", "blk"): names.BLOCKED,
    ("load avg", "1m"): names.load("1"),
    ("load avg", "5m"): names.load("5"),
    ("load avg", "15m"): names.load("15"),
}
_TOTAL = "total"


def columns_of(groups: Sequence[str], cells: Sequence[str]) -> list[tuple[str, str]]:
    """Group and name of each column.

    Args:
        groups: the heading's first line: a group stands in the first of its columns.
        cells: its second line; names may have their group before them.
    """
    columns = []
    group = ""
    for i, cell in enumerate(cells):
        group = groups[i] if i < len(groups) and groups[i] else group
        columns.append((group, cell.rpartition(":")[2]))
    return columns


def aligned(groups: Sequence[str], cells: Sequence[str]) -> list[str] | None:
    """The cells of a row, one for each column; None where they do not fit, or not in one way only.

    PCP's dstat writes one empty cell for a group that it has nothing of (swap, on a machine that
    has none; all rates, in its first row), whatever the group's columns are: what follows moves.

    Args:
        groups: of each column.
        cells: of the row.
    """
    if len(groups) == len(cells):
        return list(cells)
    sizes = [len(list(columns)) for _, columns in groupby(groups)]
    # What the cells may be, by how many of them were used.
    fitting: dict[int, set[tuple[str, ...]]] = {0: {()}}
    for size in sizes:
        following: dict[int, set[tuple[str, ...]]] = {}
        for used, before in fitting.items():
            ways = [(used + size, tuple(cells[used : used + size]))]
            if size > 1 and cells[used : used + 1] == [""]:
                ways.append((used + 1, ("",) * size))
            for end, columns in ways:
                if len(columns) == size and end <= len(cells):
                    following.setdefault(end, set()).update(one + columns for one in before)
        fitting = following
    found = fitting.get(len(cells), set())
    return list(found.pop()) if len(found) == 1 else None


def told(
    row: Row, units: DstatUnits, cpus: int | None
) -> tuple[dict[Series, float], dict[Series, float]]:
    """Rates and values of a row.

    Args:
        row: its numbers; what it leaves empty is not there.
        units: what they are told in.
        cpus: how many there are, where the row has only their mean.
    """
    rates = {series: row[column] for column, series in _RATES.items() if column in row}
    rates |= _cpus(row, cpus)
    rates |= _moved(row, "dsk", _disk_bytes, units.disks)
    rates |= _moved(row, "io", _disk_operations, 1)
    rates |= _moved(row, "net", _interface, units.networks)
    values = {series: row[column] for column, series in _VALUES.items() if column in row}
    values |= _memory(row, units.memory)
    return rates, values


def _cpus(row: Row, cpus: int | None) -> dict[Series, float]:
    of_cpu: dict[str, dict[str, float]] = {}
    for (group, name), value in row.items():
        match = _CPU_GROUP.fullmatch(group)
        number = match[1] if match else names.ALL if group in _CPU_TOTALS else ""
        if number and name in _MODES:
            of_cpu.setdefault(number, {})[_MODES[name]] = value / 100
    return names.shares(of_cpu, cpus)


def _moved(
    row: Row, group: str, series: Callable[[str, str], Series | None], unit: float
) -> dict[Series, float]:
    """What devices moved: those that are told by themselves, else their total."""
    found: dict[str, dict[Series, float]] = {}
    for (of, name), value in row.items():
        kind, _, device = of.partition("/")
        shown = names.ALL if device == _TOTAL else device
        if kind == group and (one := series(name, shown)):
            found.setdefault(device, {})[one] = value * unit
    if len(found) > 1:
        found.pop(_TOTAL, None)
    return {one: value for device in found.values() for one, value in device.items()}


def _disk_bytes(name: str, device: str) -> Series | None:
    words = {"read": "read_bytes_total", "writ": "written_bytes_total"}
    return names.disk(words[name], device) if name in words and names.shows_disk(device) else None


def _disk_operations(name: str, device: str) -> Series | None:
    words = {"read": "reads_completed_total", "writ": "writes_completed_total"}
    return names.disk(words[name], device) if name in words and names.shows_disk(device) else None


def _interface(name: str, device: str) -> Series | None:
    words = {"recv": "receive_bytes", "send": "transmit_bytes"}
    return names.network(words[name], device) if name in words else None


def _memory(row: Row, unit: float) -> dict[Series, float]:
    told: dict[str, float] = {}
    for group in _MEMORY_GROUPS:
        told |= {field: row[group, word] for word, field in _MEMORY.items() if (group, word) in row}
        if (group, _TOTAL) in row:
            told["MemTotal"] = row[group, _TOTAL]
    for group in _SWAP_GROUPS:
        if (group, "free") in row and (group, "used") in row:
            told["SwapFree"] = row[group, "free"]
            told["SwapTotal"] = row[group, "free"] + row[group, "used"]
    return {names.memory(field): value * unit for field, value in told.items()}
