"""Bytes waiting in UDP sockets, from /proc/net/udp and udp6 (proc(5))."""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.steady import Steadiness, SteadyPart, for_now_unless
from exporter.sources.tokens import shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

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
    if not 0 <= min(sent, received) <= max(sent, received) < 2**64:
        raise CollectorError("/proc/net/udp: expected queues in bytes, found more than 64 bits")
    return sent, received


def samples(texts: dict[str, bytes]) -> list[tuple[Series, bytes]]:
    """The series of these files, by version of IP.

    Raises:
        CollectorError: see ``parse``.
    """
    return [
        (Series(QUEUES, (queue, version)), b"%d" % waiting)
        for version, text in texts.items()
        for queue, waiting in zip(("tx", "rx"), parse(text), strict=True)
    ]


class UdpQueuesCollector:
    """``node_udp_queues``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        # The kernel walks all its sockets for each read, so none is spent on finding the end.
        self._files = {
            version: sources.proc(f"net/{name}", longest_line=256)
            for version, name in (("v4", "udp"), ("v6", "udp6"))
        }
        self._series = FactSeries(samples)
        self._read: tuple[str, ...] = ()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        texts = {}
        for version, file in self._files.items():
            try:
                texts[version] = file.read()
            except FileNotFoundError:
                continue
        if not texts:
            raise NothingToRead
        self._read = tuple(texts)
        return [self._series.block(texts)]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        files = tuple([self._files[version] for version in self._read])
        return for_now_unless(len(files) == len(self._files), SteadyPart(files))


SPECIFICATION = CollectorSpecification("udp_queues", (QUEUES,), UdpQueuesCollector)
