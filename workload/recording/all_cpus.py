"""CPU time of all CPUs together by mode, from the first line of /proc/stat (proc(5)).

A recording has it instead of ``node_cpu_seconds_total``, unless every CPU is wanted. CPUs that were
taken away stay in these sums, which only a restart sets back.
"""

from __future__ import annotations

import os

from exporter.collectors.cpu.machine_time import parse
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

SECONDS = Family(
    "perf_recording_cpu_seconds_total",
    "counter",
    "Seconds that all CPUs together spent in each mode.",
    ("mode",),
    "seconds",
    "/proc/stat",
)
CPUS = Family("perf_recording_cpus", "gauge", "CPUs that were online.", source="/proc/stat")
FAMILIES = (SECONDS, CPUS)
# The order of the columns; guests are in user and nice.
MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
# Of modes that the kernel lets run backwards (proc(5)); one that falls by more began anew.
_HELD = (MODES.index("idle"), MODES.index("iowait"))
_RESET_SECONDS = 3.0


class AllCpusCollector:
    """``perf_recording_cpu_seconds_total`` and ``perf_recording_cpus``."""

    def __init__(self, sources: Sources) -> None:
        self._file = sources.proc("stat")
        ticks_per_second = os.sysconf("SC_CLK_TCK")
        suffix = b"e-2" if ticks_per_second == 100 else b"e-3"
        series = [Series(SECONDS, (mode,), suffix) for mode in MODES]
        self._layout = Layout([*series, Series(CPUS)])
        self._reset = _RESET_SECONDS * ticks_per_second
        self._before: list[int] = []

    def collect(self) -> list[Block]:
        """See ``exporter.collecting.Collector.collect``; nothing where the line is too short."""
        data = self._file.read()
        now = parse(data)
        if not now:
            return []
        for column in _HELD if self._before else ():
            if 0 < self._before[column] - now[column] < self._reset:
                now[column] = self._before[column]
        self._before = now
        values = [b"%d" % ticks for ticks in now]
        return [Block(self._layout, [*values, b"%d" % data.count(b"\ncpu")])]
