"""CPU time by mode, from /proc/stat (proc(5); kernel document filesystems/proc.rst, 1.7).

What else is known of CPUs is in ``exporter/collectors/cpu/info.py``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collectors.cpu import info as cpu_info
from exporter.collectors.cpu import machine_time
from exporter.collectors.cpu.held_ticks import RESET_SECONDS, HeldTicks
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

SECONDS = Family(
    "node_cpu_seconds_total",
    "counter",
    "Seconds the CPUs spent in each mode.",
    ("cpu", "mode"),
    "seconds",
    "/proc/stat",
)
GUEST_SECONDS = Family(
    "node_cpu_guest_seconds_total",
    "counter",
    "Seconds the CPUs spent in guests (VMs) for each mode.",
    ("cpu", "mode"),
    "seconds",
    "/proc/stat",
)
GUEST = Flag("collector.cpu.guest", True, "Show node_cpu_guest_seconds_total.")

# The order of the columns in /proc/stat. Guest time is counted in user and nice as well.
MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
GUEST_MODES = ("user", "nice")
FEWEST_COLUMNS = 4

# The kernel counts in hundredths of a second on every architecture that Linux runs on today.
_TICKS_SUFFIX = {100: b"e-2", 1000: b"e-3"}


class CpuTimes(NamedTuple):
    """CPU numbers in the file's order, and for each its columns in ticks (1/100 s)."""

    cpus: tuple[bytes, ...]
    ticks: list[list[bytes]]


def parse(data: bytes) -> CpuTimes:
    """Read the lines ``cpuN`` of /proc/stat.

    Raises:
        CollectorError: there is no such line, or one is no row of numbers.
    """
    cpus = []
    rows = []
    for line in data.split(b"\n"):
        if line[:3] != b"cpu" or line[3:4] == b" ":
            continue
        tokens = line.split()
        number = tokens[0][3:]
        if not number.isdigit() or len(tokens) <= FEWEST_COLUMNS:
            shown = line[:60].decode("utf-8", "replace")
            raise CollectorError(f"/proc/stat: expected a row of CPU times, found {shown!r}")
        del tokens[0]
        check_counters(tokens, "/proc/stat")
        cpus.append(number)
        rows.append(tokens)
    if not cpus:
        raise CollectorError("/proc/stat: expected lines of CPU times, found none")
    return CpuTimes(tuple(cpus), rows)


class CpuCollector:
    """``node_cpu_*``, and the times of the whole machine."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._file = sources.proc("stat")
        self._guest = bool(flags[GUEST.variable])
        ticks_per_second = os.sysconf("SC_CLK_TCK")
        self._suffix = _TICKS_SUFFIX[ticks_per_second]
        self._held = HeldTicks(ticks_per_second)
        self._series = NumberSeries(self._lay_out, self._held)
        self._cpus: tuple[bytes, ...] = ()
        reset = RESET_SECONDS * ticks_per_second
        self._machine = machine_time.MachineTimeSeries(self._suffix, reset)
        self._info = cpu_info.CpuInfoSeries(sources, flags)
        self._machine_blocks: list[Block] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        data = self._file.read()
        own = self._series.block(data)
        self._machine_blocks = self._machine.blocks(data)
        return [own, *self._machine_blocks, *self._info.blocks(self._cpus)]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        lasting = self._info.steady()
        machine = [self._machine.steady(self._file)] if self._machine_blocks else []
        parts = [self._series.steady(self._file), *machine]
        return None if lasting is None else steadiness(parts, lasting)

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        self._cpus, rows = parse(texts[0])
        columns = min(map(len, rows))
        modes = min(columns, len(MODES))
        guests = max(0, min(columns - len(MODES), len(GUEST_MODES))) if self._guest else 0
        self._held.expect(self._cpus, modes)
        starts = []
        word = 0
        for line in texts[0].split(b"\n"):
            words = len(line.split())
            if line[:3] == b"cpu" and line[3:4] != b" ":
                starts.append((line.split()[0][3:].decode(), word + 1))
            word += words
        shown = [(SECONDS, mode, column) for column, mode in enumerate(MODES[:modes])]
        places = [
            NumberPlace(Series(family, (cpu, mode), self._suffix), start + column)
            for cpu, start in starts
            for family, mode, column in shown
        ]
        shown = [(GUEST_SECONDS, mode, modes + i) for i, mode in enumerate(GUEST_MODES[:guests])]
        return places + [
            NumberPlace(Series(family, (cpu, mode), self._suffix), start + column)
            for cpu, start in starts
            for family, mode, column in shown
        ]


SPECIFICATION = CollectorSpecification(
    "cpu",
    (SECONDS, GUEST_SECONDS, machine_time.SECONDS, *cpu_info.FAMILIES),
    CpuCollector,
    flags=(GUEST, *cpu_info.FLAGS),
)
