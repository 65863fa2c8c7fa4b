"""Load averages, from /proc/loadavg (proc(5))."""

from __future__ import annotations

import re

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

FAMILIES = tuple(
    Family(f"node_load{minutes}", "gauge", f"{minutes}m load average.", source="/proc/loadavg")
    for minutes in (1, 5, 15)
)

_NUMBER = re.compile(rb"[0-9]{1,15}(\.[0-9]{1,10})?")


def parse(data: bytes) -> list[bytes]:
    """The load averages over 1, 5 and 15 minutes, as decimal text.

    Raises:
        CollectorError: the file does not begin with three such numbers.
    """
    loads = data.split(None, 3)[:3]
    if len(loads) != 3 or not all(map(_NUMBER.fullmatch, loads)):
        shown = data[:60].decode("utf-8", "replace")
        raise CollectorError(f"/proc/loadavg: expected three load averages, found {shown!r}")
    return loads


class LoadavgCollector:
    """``node_load1``, ``node_load5``, ``node_load15``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("loadavg")
        self._layout = Layout(Series(family) for family in FAMILIES)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [Block(self._layout, parse(self._file.read()))]


SPECIFICATION = CollectorSpecification("loadavg", FAMILIES, LoadavgCollector)
