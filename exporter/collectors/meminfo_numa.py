"""Memory of each NUMA node, from /sys/devices/system/node (kernel: admin-guide/numastat.rst).

Off by default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

FOLDER = "devices/system/node"
MEMORY = Family(
    "node_memory_numa_{field}",
    "gauge",
    "Memory information field {field}.",
    ("node",),
    source=f"/sys/{FOLDER}/node*/meminfo",
)
_EVENTS_SOURCE = f"/sys/{FOLDER}/node*/numastat"
# All that kernels have counted since there is such a file, by its words.
EVENTS = {
    name: Family(
        f"node_memory_numa_{name.decode()}_total",
        "counter",
        f"Memory information field {name.decode()}_total.",
        ("node",),
        source=_EVENTS_SOURCE,
    )
    for name in (
        *(b"numa_hit", b"numa_miss", b"numa_foreign"),
        *(b"interleave_hit", b"local_node", b"other_node"),
    )
}
_MEMORY = re.compile(
    rb"[ \t]*Node ([0-9]+) ([A-Za-z0-9_]+)(?:\(([A-Za-z0-9_]+)\))?:[ \t]+([0-9]{1,20})( kB)?[ \t]*"
)
_FILES = ("meminfo", "numastat")


def parse_memory(data: bytes) -> list[tuple[str, str, bytes, int]]:
    """Node, field (``Active(anon)`` is ``Active_anon``), number and its unit in bytes or pieces.

    Raises:
        CollectorError: a line is no ``Node 0 Name: number kB``, or there is none.
    """
    found = []
    for line in data.splitlines():
        match = _MEMORY.fullmatch(line)
        if match is None:
            raise CollectorError(f"{MEMORY.source}: expected a field, found {shown(line)}")
        field = b"_".join(part for part in match.group(2, 3) if part)
        found.append((match[1].decode(), field.decode(), match[4], 1024 if match[5] else 1))
    if not found:
        raise CollectorError(f"{MEMORY.source}: expected fields, found none")
    return found


def parse_events(data: bytes) -> list[tuple[bytes, bytes]]:
    """The names and the counts of what happened to allocations of a node.

    Raises:
        CollectorError: a line is no name with its number.
    """
    found = []
    for line in data.splitlines():
        words = line.split()
        if len(words) != 2 or not words[0].replace(b"_", b"").isalnum():
            raise CollectorError(f"{_EVENTS_SOURCE}: expected a name and number in {shown(line)}")
        check_counters(words[1:], _EVENTS_SOURCE)
        found.append((words[0], words[1]))
    return found


def _places(texts: Sequence[bytes]) -> Iterator[NumberPlace]:
    word = 0
    for memory, events in zip(texts[::2], texts[1::2], strict=True):
        node = ""
        for node, field, _, factor in parse_memory(memory):
            yield NumberPlace(None, word + 1)
            yield NumberPlace(Series(MEMORY.named(field), (node,)), word + 3, factor)
            word += 4 if factor == 1 else 5
        for name, _ in parse_events(events):
            if name in EVENTS:
                yield NumberPlace(Series(EVENTS[name], (node,)), word + 1)
            word += 2


def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
    """Where the values of the nodes' files stand: meminfo and numastat of each node in turn.

    Raises:
        CollectorError: see ``parse_memory`` and ``parse_events``.
    """
    families: dict[str, list[NumberPlace]] = {}
    for place in _places(texts):
        name = place.series.family.name if place.series else ""
        families.setdefault(name, []).append(place)
    return [place for places in families.values() for place in places]


class MeminfoNumaCollector:
    """``node_memory_numa_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = NumberSeries(lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        texts = []
        for name in self._attributes.if_present(self._folder, "node"):
            if name[4:].isdigit():
                for file in _FILES:
                    path = f"{self._folder}/{name}/{file}"
                    text = self._attributes.read(path)
                    if text is None:
                        raise CollectorError(f"{path}: expected the node's memory, found no file")
                    texts.append(text)
        # A kernel without NUMA has no nodes.
        return [self._series.block(*texts)] if texts else []


SPECIFICATION = CollectorSpecification(
    "meminfo_numa", (*EVENTS.values(), MEMORY), MeminfoNumaCollector, enabled=False
)
