"""Protocol counters, from /proc/net/netstat, snmp and snmp6 (kernel: net/ipv4/proc.c)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import compile_flag
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, for_now_unless
from exporter.sources.tokens import check_integers, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

FIELD = Family(
    "node_netstat_{field}",
    "untyped",
    "Statistic {field}.",
    source="/proc/net/netstat, /proc/net/snmp, /proc/net/snmp6",
)
FIELDS = Flag(
    "collector.netstat.fields",
    "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|"
    "TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|"
    "Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|"
    "Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$",
    "Regular expression of the fields to show.",
)


def parse(data: bytes, source: str) -> tuple[list[list[bytes]], list[list[bytes]]]:
    """Read pairs of lines, ``Protocol: names`` over ``Protocol: numbers``.

    Returns:
        The lines of names and the lines of numbers, both with the protocol (``Tcp:``) first.

    Raises:
        CollectorError: lines do not pair.
    """
    lines = [line.split() for line in data.splitlines()]
    names, numbers = lines[::2], lines[1::2]
    fits = len(names) == len(numbers) and all(names) and all(numbers)
    if not fits or not all(
        above[0] == below[0] and len(above) == len(below)
        for above, below in zip(names, numbers, strict=True)
    ):
        raise CollectorError(f"{source}: expected lines of names over lines of numbers")
    for row in numbers:
        # A few gauges (Tcp: MaxConn) are negative.
        check_integers(row[1:], source)
    return names, numbers


def parse_snmp6(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Read lines ``Ip6InOctets number``.

    Raises:
        CollectorError: a line is no name with a number.
    """
    columns = data.split()
    names, numbers = columns[::2], columns[1::2]
    if len(names) != len(numbers) or data.count(b"\n") != len(names):
        raise CollectorError(f"/proc/net/snmp6: expected names and numbers, found {shown(data)}")
    check_integers(numbers, "/proc/net/snmp6")
    return names, numbers


def split_snmp6(name: str) -> tuple[str, str] | None:
    """Protocol and field of a name in snmp6 (``Icmp6InMsgs``), None when it has no 6."""
    protocol, six, field = name.partition("6")
    return (protocol + six, field) if six else None


class NetstatCollector:
    """``node_netstat_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._tables = [sources.proc("net/netstat"), sources.proc("net/snmp")]
        self._list = sources.proc("net/snmp6")
        self._pattern = compile_flag(FIELDS, flags)
        self._series = NumberSeries(self._lay_out)
        self._read = 0

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        texts = [file.read() for file in self._tables]
        # Without it, IPv6 is disabled.
        with contextlib.suppress(FileNotFoundError):
            texts.append(self._list.read())
        self._read = len(texts)
        return [self._series.block(*texts)]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        files = [*self._tables, self._list][: self._read]
        return for_now_unless(self._read > len(self._tables), self._series.steady(*files))

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        keys: list[tuple[str, str] | None] = []
        for file, text in zip(self._tables, texts, strict=False):
            for names, _ in zip(*parse(text, str(file.path)), strict=True):
                protocol, *fields = (name.decode("ascii", "replace") for name in names)
                # The line of names stands above that of numbers, and both begin with the protocol.
                keys += [None] * (len(names) + 1)
                keys += [(protocol.rstrip(":"), field) for field in fields]
        if len(texts) > len(self._tables):
            for name in parse_snmp6(texts[-1])[0]:
                keys += [None, split_snmp6(name.decode("ascii", "replace"))]
        shown: dict[tuple[str, str], int] = {}
        for i, key in enumerate(keys):
            if key is not None and self._pattern.search("_".join(key)):
                shown[key] = i
        return [
            NumberPlace(
                Series(FIELD.named("_".join(key))._replace(help=f"Statistic {''.join(key)}.")), i
            )
            for key, i in shown.items()
        ]


SPECIFICATION = CollectorSpecification("netstat", (FIELD,), NetstatCollector, flags=(FIELDS,))
