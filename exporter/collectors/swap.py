"""Swap devices, from /proc/swaps (proc(5))."""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.tokens import check_counters, check_integers, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

_SOURCE = "/proc/swaps"
_LABELS = ("device", "swap_type")
SIZE = Family(
    "node_swap_size_bytes", "gauge", "Swap device size in bytes.", _LABELS, "bytes", _SOURCE
)
USED = Family(
    "node_swap_used_bytes", "gauge", "Swap device used in bytes.", _LABELS, "bytes", _SOURCE
)
PRIORITY = Family("node_swap_priority", "gauge", "Swap device priority.", _LABELS, source=_SOURCE)


def samples(data: bytes) -> list[tuple[Series, bytes]]:
    """The series of /proc/swaps, whose sizes are in KiB.

    Raises:
        CollectorError: a line is not understood.
    """
    pairs = []
    for line in data.splitlines()[1:]:
        columns = line.split()
        if len(columns) < 5:
            raise CollectorError(f"{_SOURCE}: expected five columns, found {shown(line)}")
        check_counters(columns[2:4], _SOURCE)
        check_integers(columns[4:5], _SOURCE)
        labels = (columns[0].decode("utf-8", "replace"), columns[1].decode("utf-8", "replace"))
        pairs += [
            (Series(SIZE, labels), b"%d" % (int(columns[2]) * 1024)),
            (Series(USED, labels), b"%d" % (int(columns[3]) * 1024)),
            (Series(PRIORITY, labels), columns[4]),
        ]
    return pairs


class SwapCollector:
    """``node_swap_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("swaps")
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]


SPECIFICATION = CollectorSpecification("swap", (SIZE, USED, PRIORITY), SwapCollector, enabled=False)
