"""Sockets by protocol, from /proc/net/sockstat and sockstat6 (proc(5))."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import KeptFile, Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, for_now_unless
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

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
IN_PAGES = b"mem"


def parse(data: bytes) -> list[tuple[bytes, list[bytes], list[bytes]]]:
    """The protocols in the file's order, each with the names and the numbers of its states.

    Raises:
        CollectorError: a line is no ``PROTOCOL: name number ...``, or there is none.
    """
    protocols = []
    for line in data.splitlines():
        name, *columns = line.split() or [b""]
        if not name.endswith(b":") or not name[:-1].isalnum() or len(columns) % 2:
            raise CollectorError(
                f"/proc/net/sockstat: expected names and numbers, found {shown(line)}"
            )
        check_counters(columns[1::2], "/proc/net/sockstat")
        protocols.append((name[:-1], columns[::2], columns[1::2]))
    if not protocols:
        raise CollectorError("/proc/net/sockstat: expected lines of protocols, found none")
    return protocols


def series(protocol: bytes, state: bytes) -> Series:
    """The series of a protocol's state."""
    family = STATE.named(f"{protocol.decode()}_{state.decode()}")
    text = f"Number of {protocol.decode()} sockets in state {state.decode()}."
    return Series(family._replace(help=text))


def places(protocol: bytes, state: bytes, word: int) -> list[NumberPlace]:
    """What is shown of a number; memory in pages, as the kernel has it, and in bytes."""
    if protocol == b"sockets":
        return [NumberPlace(Series(USED), word)] if state == b"used" else []
    if state not in STATES:
        return []
    shown = [NumberPlace(series(protocol, state), word)]
    if state == IN_PAGES:
        shown.append(NumberPlace(series(protocol, b"mem_bytes"), word, resource.getpagesize()))
    return shown


def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
    """Where the values stand.

    Raises:
        CollectorError: see ``parse``.
    """
    found = []
    word = 0
    for text in texts:
        for protocol, states, _ in parse(text):
            for state in states:
                word += 2
                found += places(protocol, state, word)
            word += 1
    return found


class SockstatCollector:
    """``node_sockstat_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._files = [sources.proc("net/sockstat"), sources.proc("net/sockstat6")]
        self._series = NumberSeries(lay_out)
        self._read: list[KeptFile] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        texts, self._read = [], []
        for file in self._files:
            with contextlib.suppress(FileNotFoundError):
                texts.append(file.read())
                self._read.append(file)
        return [self._series.block(*texts)] if texts else []

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        whole = len(self._read) == len(self._files)
        return for_now_unless(whole, self._series.steady(*self._read))


SPECIFICATION = CollectorSpecification("sockstat", (USED, STATE), SockstatCollector)
