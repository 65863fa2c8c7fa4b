"""Free memory by the size of its pieces, from /proc/buddyinfo (proc(5)); off by default."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

_SOURCE = "/proc/buddyinfo"
BLOCKS = Family(
    "node_buddyinfo_blocks",
    "gauge",
    "Count of free blocks according to size.",
    ("node", "zone", "size"),
    source=_SOURCE,
)
_FIRST_COUNT = 4


def parse(data: bytes) -> list[tuple[str, str, list[bytes]]]:
    """Node, zone and the counts of free blocks of 1, 2, 4 ... pages, a zone a line.

    Raises:
        CollectorError: a line is not understood, the lines are not of one length, or there is none.
    """
    zones: list[tuple[str, str, list[bytes]]] = []
    for line in data.splitlines():
        words = line.split()
        if len(words) <= _FIRST_COUNT or (words[0], words[2]) != (b"Node", b"zone"):
            raise CollectorError(f"{_SOURCE}: expected a zone's free blocks, found {shown(line)}")
        counts = words[_FIRST_COUNT:]
        check_counters(counts, _SOURCE)
        if zones and len(counts) != len(zones[0][2]):
            raise CollectorError(f"{_SOURCE}: expected as many sizes as before in {shown(line)}")
        node, zone = words[1].rstrip(b","), words[3].rstrip(b",")
        zones.append((node.decode("utf-8", "replace"), zone.decode("utf-8", "replace"), counts))
    if not zones:
        raise CollectorError(f"{_SOURCE}: expected lines of zones, found none")
    return zones


def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
    """Where the values stand.

    Raises:
        CollectorError: see ``parse``.
    """
    places = []
    word = 0
    for node, zone, counts in parse(texts[0]):
        # Whatever names a zone stays what it is.
        places += [NumberPlace(None, word + name) for name in range(_FIRST_COUNT)]
        places += [
            NumberPlace(Series(BLOCKS, (node, zone, str(size))), word + _FIRST_COUNT + size)
            for size in range(len(counts))
        ]
        word += _FIRST_COUNT + len(counts)
    return places


class BuddyinfoCollector:
    """``node_buddyinfo_blocks``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("buddyinfo", longest_line=256)
        self._series = NumberSeries(lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])


SPECIFICATION = CollectorSpecification("buddyinfo", (BLOCKS,), BuddyinfoCollector, enabled=False)
