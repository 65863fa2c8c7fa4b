"""``node_perf_*``: hardware, cache and software events of each CPU, and tracepoints.

Off by default.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collectors.perf.counting import Counters
from exporter.collectors.perf.events import (
    CACHE_EVENTS,
    HARDWARE_EVENTS,
    SOFTWARE_EVENTS,
    TRACED,
    TRACEPOINT,
    Event,
)
from exporter.sources.files import Sources
from exporter.sources.tokens import unsigned
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, Layout
from perfanalysis.machines.cpu_list import parse_cpu_list

CPUS = Flag("collector.perf.cpus", None, "CPUs to count on, such as 0-3,8 or 0-14:2; all without.")
TRACEPOINTS = Flag(
    "collector.perf.tracepoint", (), "Tracepoint to count, SUBSYSTEM:EVENT; can be given again."
)
_KINDS = (("hardware", HARDWARE_EVENTS), ("software", SOFTWARE_EVENTS), ("cache", CACHE_EVENTS))
DISABLED = {
    kind: Flag(f"collector.perf.disable-{kind}-profilers", False, f"Count no {kind} events.")
    for kind, _ in _KINDS
}
CHOSEN = {
    kind: Flag(
        f"collector.perf.{kind}-profilers",
        (),
        f"Count this {kind} event only, such as {next(iter(events))}; can be given again.",
    )
    for kind, events in _KINDS
}
FAMILIES = (
    *(event.family for _, events in _KINDS for event in events.values()),
    TRACED,
)
_ONLINE = "devices/system/cpu/online"
_TRACING = ("kernel/tracing", "kernel/debug/tracing")
_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5})(?::([1-9][0-9]{0,4}))?)?", re.ASCII)
_TRACEPOINT = re.compile(r"([A-Za-z0-9_-]+):([A-Za-z0-9_-]+)")


def cpus_of(text: str) -> list[int]:
    """The CPUs of a flag's value: ``0-3,8``, and with strides ``0-14:2``.

    Raises:
        InputError: it is none.
    """
    cpus: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise InputError(f"--{CPUS.name}", "", "CPUs such as 0-3,8 or 0-14:2", text)
        first = int(match[1])
        last = int(match[2] or first)
        if last < first:
            raise InputError(f"--{CPUS.name}", "", "CPUs in ascending order, such as 0-3", text)
        cpus.update(range(first, last + 1, int(match[3] or 1)))
    return sorted(cpus)


def chosen(flags: Flags) -> list[Event]:
    """The events that flags ask for, without tracepoints.

    Raises:
        InputError: one of them is not known.
    """
    events = []
    for kind, known in _KINDS:
        if flags[DISABLED[kind].variable]:
            continue
        names = flags[CHOSEN[kind].variable] or known
        for name in dict.fromkeys(names):
            if name not in known:
                raise InputError(f"--{CHOSEN[kind].name}", "", f"one of {', '.join(known)}", name)
            events.append(known[name])
    return events


class PerfCollector:
    """``node_perf_*``.

    Raises:
        InputError: a flag's value is unusable.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._sources = sources
        self._events = chosen(flags)
        self._tracepoints = []
        for text in dict.fromkeys(flags[TRACEPOINTS.variable]):
            match = _TRACEPOINT.fullmatch(text)
            if match is None:
                raise InputError(f"--{TRACEPOINTS.name}", "", "SUBSYSTEM:EVENT", text)
            self._tracepoints.append((match[1], match[2]))
        asked = flags[CPUS.variable]
        self._asked = cpus_of(asked) if asked else None
        self._online = sources.sys(_ONLINE)
        self._counters: Counters | None = None
        self._layout = Layout(())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        if self._counters is None:
            counters = Counters([*self._events, *map(self._traced, self._tracepoints)])
            self._sources.at_close(counters.close)
            self._counters = counters
        self._counters.follow(self._cpus())
        found = sorted(self._counters.read(), key=lambda counted: counted[0].family.name)
        series = tuple(Series(event.family, (str(cpu),)) for event, cpu, _ in found)
        if series != self._layout.series:
            self._layout = Layout(series)
        return [Block(self._layout, [b"%d" % count for _, _, count in found])]

    def _cpus(self) -> list[int]:
        """The CPUs that are asked for and there."""
        try:
            text = self._online.read().decode("ascii", "replace").strip()
            online = list(parse_cpu_list(text, str(self._online.path)))
        except FileNotFoundError:
            online = list(range(os.cpu_count() or 1))
        return online if self._asked is None else [cpu for cpu in self._asked if cpu in online]

    def _traced(self, tracepoint: tuple[str, str]) -> Event:
        subsystem, event = tracepoint
        for folder in self._tracing():
            path = folder / "events" / subsystem / event / "id"
            try:
                number = unsigned(path.read_bytes(), str(path))
            except FileNotFoundError:
                continue
            family = TRACED.named(f"{subsystem}_{event}")._replace(
                help=f"Perf tracepoint {subsystem}:{event}",
            )
            return Event(TRACEPOINT, number, family)
        raise FileNotFoundError(
            f"tracepoint {subsystem}:{event}: expected its id in tracefs, which is mounted on "
            "/sys/kernel/tracing as a rule, found none"
        )

    def _tracing(self) -> list[Path]:
        """Where tracefs may be: its places in sysfs, and where else it is mounted."""
        folders = [self._sources.paths.sysfs / folder for folder in _TRACING]
        for line in Path("/proc/self/mounts").read_text(errors="replace").splitlines():
            _, place, kind, *_ = line.split(" ")
            if kind == "tracefs":
                folders.append(Path(place))
        return folders


SPECIFICATION = CollectorSpecification(
    "perf",
    FAMILIES,
    PerfCollector,
    flags=(CPUS, TRACEPOINTS, *DISABLED.values(), *CHOSEN.values()),
    enabled=False,
)
