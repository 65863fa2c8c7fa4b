"""Memory in use, from /proc/meminfo (proc(5); kernel document filesystems/proc.rst)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

BYTES = Family(
    "node_memory_{field}_bytes",
    "gauge",
    "Memory information field {field}_bytes.",
    unit="bytes",
    source="/proc/meminfo",
)
PAGES = Family(
    "node_memory_{field}",
    "gauge",
    "Memory information field {field}.",
    source="/proc/meminfo",
)

_LINE = re.compile(rb"([A-Za-z0-9_]+(?:\([A-Za-z0-9_]+\))?):[ \t]+([0-9]+)( kB)?[ \t]*")


def parse(data: bytes) -> tuple[tuple[bytes, ...], list[bytes]]:
    """Read the names and numbers of /proc/meminfo.

    Returns:
        The names, ``MemTotal kB`` where the number is in KiB and ``HugePages_Total`` where it is
        a count; and the numbers as they stand there.

    Raises:
        CollectorError: a line is not understood, or there is none.
    """
    names = []
    numbers = []
    for line in data.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            shown = line[:60].decode("utf-8", "replace")
            raise CollectorError(f"/proc/meminfo: expected 'Name:  number kB', found {shown!r}")
        names.append(match[1] + (match[3] or b""))
        numbers.append(match[2])
    if not names:
        raise CollectorError("/proc/meminfo: expected lines 'Name:  number kB', found none")
    check_counters(numbers, "/proc/meminfo")
    return tuple(names), numbers


def family(name: bytes) -> Family:
    """The family of a name from ``parse``; ``Active(anon) kB`` is ``Active_anon_bytes``."""
    field, _, unit = name.decode("ascii").partition(" ")
    field = field.replace("(", "_").rstrip(")")
    return (BYTES if unit else PAGES).named(field)


def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
    """Where the values of /proc/meminfo stand.

    Raises:
        CollectorError: see ``parse``.
    """
    places = []
    word = 1
    for name in parse(texts[0])[0]:
        in_kib = name.endswith(b" kB")
        places.append(NumberPlace(Series(family(name)), word, 1024 if in_kib else 1))
        word += 3 if in_kib else 2
    return places


class MeminfoCollector:
    """``node_memory_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("meminfo")
        self._series = NumberSeries(lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])


SPECIFICATION = CollectorSpecification("meminfo", (BYTES, PAGES), MeminfoCollector)
