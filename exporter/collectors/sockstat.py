"""Sockets by protocol, from /proc/net/sockstat and sockstat6 (proc(5))."""

from __future__ import annotations

import resource
from dataclasses import replace

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.families import Family, Sample
from exporter.rendering import Block, VaryingSeries
from exporter.sources import Sources
from exporter.tokens import check_counters, shown

USED = Family(
    "node_sockstat_sockets_used",
    "gauge",
    "Number of IPv4 sockets in use.",
    source="/proc/net/sockstat",
)
STATE = Family(
    "node_sockstat_{field}",
    "gauge",
    "Number of a protocol's sockets in a state.",
    source="/proc/net/sockstat, /proc/net/sockstat6",
)
STATES = (b"inuse", b"orphan", b"tw", b"alloc", b"mem", b"memory")


def parse(data: bytes) -> dict[bytes, dict[bytes, bytes]]:
    """The numbers of each protocol by their names; ``sockets`` has ``used`` only.

    Raises:
        CollectorError: a line is no ``PROTOCOL: name number ...``, or there is none.
    """
    protocols = {}
    for line in data.splitlines():
        name, colon, rest = line.partition(b":")
        columns = rest.split()
        if not colon or not name.isalnum() or len(columns) % 2:
            raise CollectorError(
                f"/proc/net/sockstat: expected names and numbers, found {shown(line)}"
            )
        check_counters(columns[1::2], "/proc/net/sockstat")
        protocols[name] = dict(zip(columns[::2], columns[1::2], strict=True))
    if not protocols:
        raise CollectorError("/proc/net/sockstat: expected lines of protocols, found none")
    return protocols


class SockstatCollector:
    """``node_sockstat_*``; memory is shown in pages, as the kernel has it, and in bytes."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._files = [sources.proc("net/sockstat"), sources.proc("net/sockstat6")]
        self._page_bytes = resource.getpagesize()
        self._samples: dict[tuple[bytes, bytes], Sample] = {}
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        pairs: list[tuple[Sample, bytes]] = []
        for file in self._files:
            try:
                protocols = parse(file.read())
            except FileNotFoundError:
                continue
            for protocol, numbers in protocols.items():
                pairs += self._pairs(protocol, numbers)
        return [self._series.block(pairs)]

    def _pairs(self, protocol: bytes, numbers: dict[bytes, bytes]) -> list[tuple[Sample, bytes]]:
        if protocol == b"sockets":
            return [(Sample(USED), numbers[b"used"])] if b"used" in numbers else []
        pairs = [
            (self._sample(protocol, state), number)
            for state, number in numbers.items()
            if state in STATES
        ]
        if pages := numbers.get(b"mem"):
            value = b"%d" % (int(pages) * self._page_bytes)
            pairs.append((self._sample(protocol, b"mem_bytes"), value))
        return pairs

    def _sample(self, protocol: bytes, state: bytes) -> Sample:
        sample = self._samples.get((protocol, state))
        if sample is None:
            family = STATE.named(f"{protocol.decode()}_{state.decode()}")
            text = f"Number of {protocol.decode()} sockets in state {state.decode()}."
            sample = self._samples[protocol, state] = Sample(replace(family, help=text))
        return sample


SPECIFICATION = CollectorSpecification("sockstat", (USED, STATE), SockstatCollector)
