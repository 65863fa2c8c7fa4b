"""Protocol counters, from /proc/net/netstat, snmp and snmp6 (kernel: net/ipv4/proc.c)."""

from __future__ import annotations

from dataclasses import replace

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.families import Family, Sample
from exporter.patterns import compile_flag
from exporter.rendering import Block, Layout
from exporter.sources import Sources
from exporter.tokens import check_integers, shown

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
        self._shape: list[object] = []
        self._shown: list[int] = []
        self._layout = Layout(())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        shape: list[object] = []
        numbers: list[bytes] = []
        for file in self._tables:
            names, rows = parse(file.read(), str(file.path))
            shape += names
            for row in rows:
                numbers += row
        try:
            names6, numbers6 = parse_snmp6(self._list.read())
        except FileNotFoundError:
            # IPv6 is disabled.
            names6, numbers6 = [], []
        shape.append(tuple(names6))
        numbers += numbers6
        if shape != self._shape:
            self._lay_out(shape)
            self._shape = shape
        return [Block(self._layout, [numbers[i] for i in self._shown])]

    def _lay_out(self, shape: list[object]) -> None:
        *tables, names6 = shape
        keys: list[tuple[str, str] | None] = []
        for names in tables:
            assert isinstance(names, list)
            protocol = names[0].decode("ascii", "replace").rstrip(":")
            keys.append(None)
            keys += [(protocol, name.decode("ascii", "replace")) for name in names[1:]]
        assert isinstance(names6, tuple)
        keys += [split_snmp6(name.decode("ascii", "replace")) for name in names6]
        shown: dict[tuple[str, str], int] = {}
        for i, key in enumerate(keys):
            if key is not None and self._pattern.search("_".join(key)):
                shown[key] = i
        self._shown = list(shown.values())
        self._layout = Layout(
            Sample(replace(FIELD.named("_".join(key)), help=f"Statistic {''.join(key)}."))
            for key in shown
        )


SPECIFICATION = CollectorSpecification("netstat", (FIELD,), NetstatCollector, flags=(FIELDS,))
