"""Neighbours by interface, from /proc/net/arp (proc(5))."""

from __future__ import annotations

from collections import Counter

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.sources.files import Sources
from exporter.sources.steady import Steadiness, SteadyPart
from exporter.sources.tokens import shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

ENTRIES = Family(
    "node_arp_entries", "gauge", "ARP entries by device", ("device",), source="/proc/net/arp"
)
EXCLUDE = Flag("collector.arp.device-exclude", None, "Regular expression of devices to leave out.")
INCLUDE = Flag("collector.arp.device-include", None, "Regular expression of devices to show.")

_COLUMNS = 6


def parse(data: bytes) -> dict[str, int]:
    """Count the lines of /proc/net/arp by their last column, the device.

    Raises:
        CollectorError: the heading is missing, or a line has not six columns.
    """
    heading, *lines = data.rstrip(b"\n").split(b"\n")
    if not heading.startswith(b"IP address"):
        raise CollectorError(f"/proc/net/arp: expected its heading, found {shown(heading)}")
    devices: Counter[str] = Counter()
    for line in lines:
        columns = line.split()
        if len(columns) != _COLUMNS:
            raise CollectorError(f"/proc/net/arp: expected six columns, found {shown(line)}")
        devices[columns[-1].decode("utf-8", "replace")] += 1
    return devices


class ArpCollector:
    """``node_arp_entries``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._file = sources.proc("net/arp")
        self._filter = DeviceFilter(EXCLUDE, INCLUDE, flags, together=True)
        self._series = FactSeries(self._samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return Steadiness([SteadyPart((self._file,))])

    def _samples(self, data: bytes) -> list[tuple[Series, bytes]]:
        return [
            (Series(ENTRIES, (device,)), b"%d" % count)
            for device, count in parse(data).items()
            if self._filter(device)
        ]


SPECIFICATION = CollectorSpecification("arp", (ENTRIES,), ArpCollector, flags=(EXCLUDE, INCLUDE))
