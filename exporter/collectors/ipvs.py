"""The kernel's load balancer, from /proc/net/ip_vs_stats and /proc/net/ip_vs.

Source: the kernel's net/netfilter/ipvs/ip_vs_ctl.c; numbers of the former and addresses of the
latter are hexadecimal.
"""

from __future__ import annotations

import re
import socket
from typing import NamedTuple

from exporter.collecting import (
    CollectorError,
    CollectorSpecification,
    Flag,
    Flags,
    NothingToRead,
)
from exporter.sources.files import Sources
from exporter.sources.tokens import shown, unsigned
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

LABELS = (
    "local_address",
    "local_port",
    "remote_address",
    "remote_port",
    "proto",
    "local_mark",
)
BACKEND_LABELS = Flag(
    "collector.ipvs.backend-labels",
    ",".join(LABELS),
    "Comma separated labels of the back ends; those with the same labels are summed.",
)
_STATS = "/proc/net/ip_vs_stats"
_TABLE = "/proc/net/ip_vs"


def _total(name: str, text: str) -> Family:
    unit = "bytes" if "bytes" in name else ""
    return Family(f"node_ipvs_{name}_total", "counter", text, (), unit, _STATS)


TOTALS = (
    _total("connections", "The total number of connections made."),
    _total("incoming_packets", "The total number of incoming packets."),
    _total("outgoing_packets", "The total number of outgoing packets."),
    _total("incoming_bytes", "The total amount of incoming data."),
    _total("outgoing_bytes", "The total amount of outgoing data."),
)


def _backend(name: str, text: str) -> Family:
    text = f"The current {text} by local and remote address."
    return Family(f"node_ipvs_backend_{name}", "gauge", text, LABELS, source=_TABLE)


BACKEND = (
    _backend("connections_active", "active connections"),
    _backend("connections_inactive", "inactive connections"),
    _backend("weight", "backend weight"),
)
_V4 = re.compile(rb"([0-9A-F]{8}):([0-9A-F]{4})", re.IGNORECASE)
_V6 = re.compile(rb"\[([0-9A-F:]{39})\]:([0-9A-F]{4})", re.IGNORECASE)
_TOTALS_LINE = 2


class Backend(NamedTuple):
    """One real server: values of ``LABELS``, and active connections, inactive ones, weight."""

    labels: tuple[str, ...]
    numbers: tuple[int, int, int]


def parse_stats(data: bytes) -> list[int]:
    """The five totals of all CPUs.

    Raises:
        CollectorError: the third line has not five hexadecimal numbers.
    """
    lines = data.split(b"\n")
    words = lines[_TOTALS_LINE].split() if len(lines) > _TOTALS_LINE else []
    try:
        numbers = [int(word, 16) for word in words]
    except ValueError:
        numbers = []
    if len(numbers) != len(TOTALS) or min(numbers) < 0 or max(numbers) >= 2**64:
        raise CollectorError(f"{_STATS}: expected five totals in its third line")
    return numbers


def parse_table(data: bytes) -> list[Backend]:
    """The real servers of all virtual ones.

    Raises:
        CollectorError: a line is not understood.
    """
    backends = []
    local: tuple[str, str, str, str] | None = None  # address, port, protocol, mark
    for line in data.split(b"\n"):
        words = line.split()
        if not words or words[0] in (b"IP", b"Prot") or words[1:2] == [b"RemoteAddress:Port"]:
            continue
        if len(words) > 1 and words[0] in (b"TCP", b"UDP", b"SCTP"):
            local = (*_address(words[1]), words[0].decode(), "")
        elif len(words) > 1 and words[0] == b"FWM":
            local = ("", "0", "FWM", words[1].decode("utf-8", "replace"))
        elif words[0] == b"->" and len(words) >= 6 and local is not None:
            weight, active, inactive = (unsigned(word, _TABLE) for word in words[3:6])
            address, port, protocol, mark = local
            labels = (address, port, *_address(words[1]), protocol, mark)
            backends.append(Backend(labels, (active, inactive, weight)))
        else:
            raise CollectorError(f"{_TABLE}: not understood: {shown(line)}")
    return backends


def _address(word: bytes) -> tuple[str, str]:
    """Address and port as people write them.

    Raises:
        CollectorError: it is neither an IPv4 nor an IPv6 address with a port.
    """
    if match := _V4.fullmatch(word):
        return socket.inet_ntoa(bytes.fromhex(match[1].decode())), str(int(match[2], 16))
    if match := _V6.fullmatch(word):
        try:
            packed = socket.inet_pton(socket.AF_INET6, match[1].decode())
        except OSError as error:
            raise CollectorError(f"{_TABLE}: expected an address, found {shown(word)}") from error
        return socket.inet_ntop(socket.AF_INET6, packed), str(int(match[2], 16))
    raise CollectorError(f"{_TABLE}: expected an address, found {shown(word)}")


def parse_labels(text: str) -> tuple[int, ...]:
    """Which of ``LABELS`` are shown.

    Raises:
        InputError: one is not known.
    """
    wanted = {label for label in text.split(",") if label}
    if unknown := sorted(wanted - set(LABELS)):
        raise InputError(f"--{BACKEND_LABELS.name}", "", f"some of {', '.join(LABELS)}", unknown[0])
    return tuple(i for i, label in enumerate(LABELS) if label in wanted)


class IpvsCollector:
    """``node_ipvs_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._shown = parse_labels(flags[BACKEND_LABELS.variable])
        labels = tuple(LABELS[i] for i in self._shown)
        self._backend = [family._replace(labels=labels) for family in BACKEND]
        self._stats = sources.proc("net/ip_vs_stats")
        self._table = sources.proc("net/ip_vs")
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            totals = parse_stats(self._stats.read())
        except FileNotFoundError as error:
            raise NothingToRead from error
        sums: dict[tuple[str, ...], tuple[int, ...]] = {}
        for backend in parse_table(self._table.read()):
            labels = tuple(backend.labels[i] for i in self._shown)
            before = sums.get(labels, (0, 0, 0))
            sums[labels] = tuple(a + b for a, b in zip(before, backend.numbers, strict=True))
        pairs = [
            (Series(family), b"%d" % number) for family, number in zip(TOTALS, totals, strict=True)
        ]
        pairs += [
            (Series(family, labels), b"%d" % number)
            for labels, numbers in sums.items()
            for family, number in zip(self._backend, numbers, strict=True)
        ]
        return [self._series.block(pairs)]


SPECIFICATION = CollectorSpecification(
    "ipvs", (*TOTALS, *BACKEND), IpvsCollector, flags=(BACKEND_LABELS,)
)
