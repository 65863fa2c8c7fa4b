"""``node_systemd_*``: the units of systemd and their states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

from exporter.collecting import CollectorSpecification, Flags
from exporter.collecting.patterns import compile_flag
from exporter.collectors.systemd.families import (
    EXCLUDE,
    FAMILIES,
    FLAGS,
    INCLUDE,
    PRIVATE,
    PROPERTIES,
    RUNNING,
    START_TIME,
    START_TIMES,
    STATES,
    UNIT_STATE,
    UNITS,
    VERSION,
    VIRTUALIZATION,
)
from exporter.sources.files import Sources
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, VaryingSeries
from perfanalysis.extras import missing

if TYPE_CHECKING:
    from exporter.collectors.systemd.manager import Manager, SystemdUnit

PRIVATE_SOCKET = "/run/systemd/private"
# What systemd shows for a number that is not counted or has no limit.
_NONE = 2**64 - 1
# The type of a service is a matter of its file, and is asked for once a minute.
REFRESH_SECONDS = 60.0
_TYPED = {".service": "Service", ".mount": "Mount"}
_VERSION = re.compile(r"[0-9]{3,}(?:\.[0-9]+)?")
Samples = Iterator[tuple[Series, bytes]]


def summary(units: Iterable[SystemdUnit]) -> Samples:
    """How many units are in which state: all that systemd has in memory."""
    counts = Counter(dict.fromkeys(STATES, 0))
    counts.update(unit.active_state for unit in units)
    for state, count in counts.items():
        yield Series(UNITS, (state,)), b"%d" % count


def about_the_manager(version: Any, virtualization: Any, state: Any) -> Samples:
    """The series of systemd itself, of what it told (None of what it did not)."""
    found = _VERSION.search(version) if isinstance(version, str) else None
    if found is not None:
        yield Series(VERSION, (version,)), found[0].encode()
    # Empty on a machine that is none of another's.
    kind = "unknown" if virtualization is None else str(virtualization) or "none"
    yield Series(VIRTUALIZATION, (kind,)), b"1"
    if state is not None:
        yield Series(RUNNING), b"%d" % (state == "running")


class SystemdCollector:
    """``node_systemd_*``.

    Args:
        sources: closes the connection at the end.
        flags: of the command.

    Raises:
        InputError: a regular expression is none.
        PerfAnalysisError: the library that speaks D-Bus is not installed.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        try:
            from exporter.collectors.systemd.manager import Manager
        except ImportError as error:
            wanted_by = f"--collector.{SPECIFICATION.name}"
            raise PerfAnalysisError(missing(wanted_by, "jeepney", "systemd")) from error
        self._include = compile_flag(INCLUDE, flags)
        self._exclude = compile_flag(EXCLUDE, flags)
        self._properties = [
            one for one in PROPERTIES if one.flag is None or flags[one.flag.variable]
        ]
        self._start_times = flags[START_TIMES.variable]
        self._private = PRIVATE_SOCKET if flags[PRIVATE.variable] else None
        self._open = Manager
        self._manager: Manager | None = None
        self._types: dict[str, str] = {}
        self._types_at = -REFRESH_SECONDS
        self._series = VaryingSeries()
        sources.at_close(self._close)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        kept = self._manager is not None
        try:
            return self._look()
        except ConnectionError:
            # With a kept connection, the bus was started anew since the last scrape.
            if not kept:
                raise
        return self._look()

    def _look(self) -> list[Block]:
        if self._manager is None:
            self._manager = self._open(private=self._private)
        try:
            return [self._series.block(self._samples(self._manager))]
        except BaseException:
            # What comes behind an answer that was not understood cannot be, either.
            self._close()
            raise

    def _samples(self, manager: Manager) -> list[tuple[Series, bytes]]:
        told = (manager.own_property(name) for name in ("Version", "Virtualization", "SystemState"))
        units = manager.units()
        pairs = [*about_the_manager(*told), *summary(units)]
        shown = [unit for unit in units if self._is_wanted(unit)]
        if monotonic() - self._types_at >= REFRESH_SECONDS:
            self._types.clear()
            self._types_at = monotonic()
        for unit in shown:
            pairs += self._of_unit(manager, unit)
        return pairs

    def _is_wanted(self, unit: SystemdUnit) -> bool:
        return (
            unit.load_state == "loaded"
            and self._include.fullmatch(unit.name) is not None
            and self._exclude.fullmatch(unit.name) is None
        )

    def _of_unit(self, manager: Manager, unit: SystemdUnit) -> Samples:
        kind = self._type(manager, unit)
        for state in STATES:
            labels = (unit.name, state, kind)
            yield Series(UNIT_STATE, labels), b"%d" % (state == unit.active_state)
        for one in self._properties:
            if unit.name.endswith(one.ending):
                value = manager.property_of(unit.path, one.interface, one.name)
                if isinstance(value, int) and value != _NONE:
                    yield Series(one.family, (unit.name,), one.suffix), b"%d" % value
        if self._start_times:
            since = 0
            if unit.active_state == "active":
                since = manager.property_of(unit.path, "Unit", "ActiveEnterTimestamp")
            if isinstance(since, int):
                yield Series(START_TIME, (unit.name,), b"e-6"), b"%d" % since

    def _type(self, manager: Manager, unit: SystemdUnit) -> str:
        interface = _TYPED.get(unit.name[unit.name.rfind(".") :])
        if interface is None:
            return ""
        kind = self._types.get(unit.name)
        if kind is None:
            kind = str(manager.property_of(unit.path, interface, "Type") or "")
            self._types[unit.name] = kind
        return kind

    def _close(self) -> None:
        if self._manager is not None:
            self._manager.close()
            self._manager = None


SPECIFICATION = CollectorSpecification(
    "systemd", FAMILIES, SystemdCollector, flags=FLAGS, enabled=False
)
