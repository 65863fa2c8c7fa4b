"""The numbers of a machine of a made fleet that belong together, at a moment. Pure."""

from __future__ import annotations

import re

from benchmarks.made_fleet.machines import IOWAIT, Machine
from benchmarks.made_fleet.recorded_page import RecordedFamily

# Of a machine's busy time: what each of node_exporter's modes has of it; ``user`` has the rest.
_OF_BUSY = {"system": 0.22, "softirq": 0.05, "irq": 0.02, "nice": 0.01}
# How a number is written, by its family; what tells its samples from each other is a label.
_FORMATS = {
    "node_cpu_seconds_total": "%de-2",
    "perf_cpu_seconds_total": "%de-2",
    "node_load1": "%.2f",
    "node_load5": "%.2f",
    "node_load15": "%.2f",
    "node_time_seconds": "%.6f",
    "node_pressure_cpu_waiting_seconds_total": "%de-6",
    "node_memory_MemAvailable_bytes": "%d",
    "node_memory_MemFree_bytes": "%d",
}
_SHARE = re.compile(r'(?:mode|state)="(\w+)"')


def is_own(family: RecordedFamily) -> bool:
    """Whether all numbers of a family are the machine's own, and made here."""
    return family.name in _FORMATS


def template(families: list[RecordedFamily]) -> tuple[bytes, list[str]]:
    """The text of own families, with a place for each number, and the name of each number."""
    text, names = [], []
    for family in families:
        text.append(family.head.replace("%", "%%"))
        for series, _ in family.samples:
            text.append(f"{series.replace('%', '%%')} {_FORMATS[family.name]}\n")
            share = _SHARE.search(series)
            names.append(f"{family.name} {share[1]}" if share else family.name)
    return "".join(text).encode(), names


def own_numbers(
    machine: Machine, elapsed: float, now: float, cpus: int, memory: float
) -> dict[str, float]:
    """All numbers of a machine by the names of ``template``.

    Args:
        machine: the machine.
        elapsed: seconds since the fleet started.
        now: Unix seconds.
        cpus: how many CPUs it has.
        memory: its bytes of memory.
    """
    modes = _modes(machine, elapsed)
    busy = sum(modes.values()) - modes["idle"] - modes["iowait"] - modes["steal"]
    free = memory * (1.0 - machine.used * (0.8 + 0.2 * machine.busy_ratio(elapsed)))
    load = cpus * machine.busy_ratio(elapsed)
    numbers: dict[str, float] = {
        "node_load1": load,
        "node_load5": cpus * machine.busy_ratio(max(0.0, elapsed - 150.0)),
        "node_load15": cpus * machine.busy,
        "node_time_seconds": now,
        "node_pressure_cpu_waiting_seconds_total": 1e6 * 0.1 * machine.busy_seconds(elapsed),
        "node_memory_MemAvailable_bytes": free,
        "node_memory_MemFree_bytes": 0.4 * free,
        "perf_cpu_seconds_total busy": cpus * busy,
    }
    for name in ("idle", "iowait", "steal"):
        numbers[f"perf_cpu_seconds_total {name}"] = cpus * modes[name]
    for name, ticks in modes.items():
        numbers[f"node_cpu_seconds_total {name}"] = ticks
    return numbers


def _modes(machine: Machine, elapsed: float) -> dict[str, int]:
    """Hundredths of a second that a CPU spent in each mode; together all the time there was."""
    busy = machine.busy_seconds(elapsed)
    modes = {mode: int(100 * share * busy) for mode, share in _OF_BUSY.items()}
    modes["user"] = int(100 * busy) - sum(modes.values())
    modes["steal"] = int(100 * machine.steal * elapsed)
    modes["iowait"] = int(100 * IOWAIT * elapsed)
    modes["idle"] = int(100 * elapsed) - sum(modes.values())
    return modes
