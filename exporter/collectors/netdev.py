"""Traffic of network interfaces, from /proc/net/dev (kernel: net/core/net-procfs.c).

What that file does not have, packets that no protocol wanted, is from /sys/class/net.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.sources.attribute_series import AttributeSeries
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.tokens import check_counters
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

EXCLUDE = Flag(
    "collector.netdev.device-exclude",
    None,
    "Regular expression of interfaces to leave out (not together with device-include).",
)
INCLUDE = Flag(
    "collector.netdev.device-include",
    None,
    "Regular expression of interfaces to show (not together with device-exclude).",
)

# The columns of the file behind "name:".
COLUMNS = (
    *(
        f"receive_{name}"
        for name in ("bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast")
    ),
    *(
        f"transmit_{name}"
        for name in ("bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed")
    ),
)
FAMILIES = tuple(
    Family(
        f"node_network_{name}_total",
        "counter",
        f"Network device statistic {name}.",
        ("device",),
        "bytes" if name.endswith("bytes") else "",
        "/proc/net/dev",
    )
    for name in COLUMNS
)
NO_HANDLER = Family(
    "node_network_receive_nohandler_total",
    "counter",
    "Network device statistic receive_nohandler.",
    ("device",),
    source="/sys/class/net/<iface>/statistics/rx_nohandler",
)
_HEADER_LINES = 2


class NetdevRecord(NamedTuple):
    """Interfaces in the file's order, and for each its 16 counters."""

    devices: list[bytes]
    rows: list[list[bytes]]


def parse(data: bytes) -> NetdevRecord:
    """Read /proc/net/dev.

    Raises:
        CollectorError: the heading is missing, or a line is not understood.
    """
    lines = data.split(b"\n")
    if len(lines) < _HEADER_LINES or b"|" not in lines[1]:
        raise CollectorError("/proc/net/dev: expected its heading of two lines")
    devices = []
    rows = []
    for line in lines[_HEADER_LINES:]:
        if not line.strip():
            continue
        # A name may hold colons (aliases), a number may follow its colon without a space.
        name, _, rest = line.rpartition(b":")
        row = rest.split()
        name = name.strip()
        if not name or len(row) < len(COLUMNS):
            shown = line[:60].decode("utf-8", "replace")
            raise CollectorError(
                f"/proc/net/dev: expected an interface and {len(COLUMNS)} counters, found {shown!r}"
            )
        del row[len(COLUMNS) :]
        check_counters(row, "/proc/net/dev")
        devices.append(name)
        rows.append(row)
    return NetdevRecord(devices, rows)


class NetdevCollector:
    """``node_network_*_total``, one series an interface and column."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._file = sources.proc("net/dev")
        self._filter = DeviceFilter(EXCLUDE, INCLUDE, flags)
        self._numbers = NumberSeries(self._lay_out)
        self._attributes = Attributes(sources)
        self._unhandled = AttributeSeries(self._attributes)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._numbers.block(self._file.read()), *self._unhandled.blocks()]

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        parse(texts[0])
        shown: list[tuple[str, int]] = []
        word = 0
        for number, line in enumerate(texts[0].split(b"\n")):
            name, _, rest = line.rpartition(b":")
            device = name.strip().decode("utf-8", "replace")
            words = len(line.split())
            if number >= _HEADER_LINES and words and self._filter(device):
                # The first number may stand in the name's word.
                shown.append((device, word + words - len(rest.split())))
            word += words
        folder = self._attributes.folder("class/net")
        self._unhandled = AttributeSeries(
            self._attributes,
            [
                (Series(NO_HANDLER, (name,)), f"{folder}/{name}/statistics/rx_nohandler")
                for name, _ in shown
            ],
        )
        return [
            NumberPlace(Series(family, (name,)), first + column)
            for column, family in enumerate(FAMILIES)
            for name, first in shown
        ]


SPECIFICATION = CollectorSpecification(
    "netdev", (*FAMILIES, NO_HANDLER), NetdevCollector, flags=(EXCLUDE, INCLUDE)
)
