"""Bytes waiting in UDP sockets, from /proc/net/udp and udp6 (proc(5))."""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.families import Family, Sample
from exporter.rendering import Block, VaryingSeries
from exporter.sources import Sources
from exporter.tokens import shown

QUEUES = Family(
    "node_udp_queues",
    "gauge",
    "Number of allocated memory in the kernel for UDP datagrams in bytes.",
    ("queue", "ip"),
    source="/proc/net/udp, /proc/net/udp6",
)
_QUEUES_COLUMN = 4


def parse(data: bytes) -> tuple[int, int]:
    """The sums of the queues to send and of those received, in bytes, over all sockets.

    Raises:
        CollectorError: the heading is missing, or a line has no queues.
    """
    heading, *lines = data.splitlines() or [b""]
    if b"tx_queue" not in heading:
        raise CollectorError(f"/proc/net/udp: expected its heading, found {shown(heading)}")
    sent = received = 0
    for line in lines:
        try:
            tx, rx = line.split(None, 5)[_QUEUES_COLUMN].split(b":")
            sent += int(tx, 16)
            received += int(rx, 16)
        except (IndexError, ValueError) as error:
            raise CollectorError(
                f"/proc/net/udp: expected a socket, found {shown(line)}"
            ) from error
    return sent, received


class UdpQueuesCollector:
    """``node_udp_queues``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._files = {"v4": sources.proc("net/udp"), "v6": sources.proc("net/udp6")}
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        pairs = []
        for version, file in self._files.items():
            try:
                sent, received = parse(file.read())
            except FileNotFoundError:
                continue
            pairs.append((Sample(QUEUES, ("tx", version)), b"%d" % sent))
            pairs.append((Sample(QUEUES, ("rx", version)), b"%d" % received))
        if not pairs:
            raise NothingToRead
        return [self._series.block(pairs)]


SPECIFICATION = CollectorSpecification("udp_queues", (QUEUES,), UdpQueuesCollector)
