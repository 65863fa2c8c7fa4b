"""TCP sockets by state, from the kernel's sock_diag (sock_diag(7)); off by default.

Where a socket of ours is in another network than procfs describes (a container that mounts its
host's /proc, a recorded tree), or where sock_diag is not to be had, /proc/net/tcp and tcp6 are
read, which say the same and cost the kernel more.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections import Counter
from collections.abc import Iterator

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources import network_namespace
from exporter.sources.files import Sources
from exporter.sources.tokens import shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

STATES = Family(
    "node_tcp_connection_states",
    "gauge",
    "Number of connection states.",
    ("state",),
    source="sock_diag(7), or /proc/net/tcp and tcp6",
)
# By the kernel's number (include/net/tcp_states.h).
NAMES = {
    1: "established",
    2: "syn_sent",
    3: "syn_recv",
    4: "fin_wait1",
    5: "fin_wait2",
    6: "time_wait",
    7: "close",
    8: "close_wait",
    9: "last_ack",
    10: "listen",
    11: "closing",
}
RECEIVED, SENT = "rx_queued_bytes", "tx_queued_bytes"
# Of a socket that listens the same fields hold how many connections wait to be accepted, and how
# many may; these are no bytes.
_LISTEN = 10
FAMILIES = (socket.AF_INET, socket.AF_INET6)
_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY = 4, 20
_REQUEST, _DUMP = 1, 0x300
_ERROR, _DONE = 2, 3
_ALL_STATES = 0xFFF
# struct nlmsghdr: length, type, flags, sequence number, port.
_HEADER = struct.Struct("=IHHII")
# struct inet_diag_req_v2: family, protocol, extensions, states, and 48 bytes that name no socket.
_ASKED = struct.Struct("=BBBxI48x")
# Of struct inet_diag_msg: the state, and the bytes that wait to be read and to be sent.
_TOLD = struct.Struct("=xB54xII")
# No such module of the kernel's, or a sandbox that has no such sockets.
_REFUSED = frozenset(
    {
        *(errno.EACCES, errno.EAFNOSUPPORT, errno.EINVAL, errno.ENOENT, errno.ENOSYS),
        *(errno.EOPNOTSUPP, errno.EPERM, errno.EPROTONOSUPPORT),
    }
)
_AT_ONCE = 1 << 18
_SECONDS = 2.0

Tally = Counter[str]


def request(family: int) -> bytes:
    """The message that asks for all TCP sockets of a family."""
    body = _ASKED.pack(family, socket.IPPROTO_TCP, 0, _ALL_STATES)
    length = _HEADER.size + len(body)
    return _HEADER.pack(length, _SOCK_DIAG_BY_FAMILY, _REQUEST | _DUMP, 1, 0) + body


def add_sockets(answer: bytes, tally: Tally) -> bool:
    """Count the sockets in a part of the kernel's answer.

    Returns:
        Whether it was the last part.

    Raises:
        OSError: the kernel refuses to answer, or it is no such answer.
    """
    at, received, sent = 0, 0, 0
    states: Counter[int] = Counter()
    last = False
    try:
        while at < len(answer) and not last:
            length, kind, _, _, _ = _HEADER.unpack_from(answer, at)
            if kind == _SOCK_DIAG_BY_FAMILY:
                state, waiting, unsent = _TOLD.unpack_from(answer, at + _HEADER.size)
                states[state] += 1
                if state != _LISTEN:
                    received += waiting
                    sent += unsent
            elif kind in (_ERROR, _DONE):
                (number,) = struct.unpack_from("=i", answer, at + _HEADER.size)
                if number < 0:
                    raise OSError(-number, "sock_diag refuses to list TCP sockets")
                last = True
            if length < _HEADER.size:
                raise struct.error
            at += length + 3 & ~3
    except struct.error as error:
        message = "sock_diag: expected messages of sockets, found less"
        raise OSError(errno.EBADMSG, message) from error
    _add(tally, states, received, sent)
    return last


def parse(data: bytes, tally: Tally) -> None:
    """Count the sockets of /proc/net/tcp or tcp6.

    Raises:
        CollectorError: the heading is missing, or a line is no socket.
    """
    heading, *lines = data.splitlines() or [b""]
    if b"tx_queue" not in heading:
        raise CollectorError(f"/proc/net/tcp: expected its heading, found {shown(heading)}")
    states: Counter[int] = Counter()
    received = sent = 0
    for line in lines:
        try:
            _, _, _, state, queues, _ = line.split(None, 5)
            unsent, waiting = queues.split(b":")
            number, waits, goes = int(state, 16), int(waiting, 16), int(unsent, 16)
        except ValueError as error:
            raise CollectorError(
                f"/proc/net/tcp: expected a socket, found {shown(line)}"
            ) from error
        states[number] += 1
        if number != _LISTEN:
            received += waits
            sent += goes
    _add(tally, states, received, sent)


def _add(tally: Tally, states: Counter[int], received: int, sent: int) -> None:
    for state, count in states.items():
        tally[NAMES.get(state, "unknown")] += count
    if states:
        tally[RECEIVED] += received
        tally[SENT] += sent


def ask(family: int, tally: Tally) -> None:
    """Count the TCP sockets of a family in our network.

    Raises:
        OSError: sock_diag is not to be had, does not answer, or not as expected.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as asked:
        asked.settimeout(_SECONDS)
        asked.sendto(request(family), (0, 0))
        while not add_sockets(asked.recv(_AT_ONCE), tally):
            pass


def samples(tally: Tally) -> Iterator[tuple[Series, bytes]]:
    """The series of a tally; a state in which there is no socket has none, as in node_exporter."""
    return ((Series(STATES, (state,)), b"%d" % number) for state, number in sorted(tally.items()))


class TcpstatCollector:
    """``node_tcp_connection_states``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._files = [sources.proc(f"net/{name}", longest_line=256) for name in ("tcp", "tcp6")]
        self._asks = network_namespace.is_ours(sources)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        if self._asks:
            tally: Tally = Counter()
            try:
                for family in FAMILIES:
                    ask(family, tally)
                return [self._series.block(tally)]
            except OSError as error:
                if error.errno not in _REFUSED:
                    raise
                self._asks = False
        return [self._series.block(self._read())]

    def _read(self) -> Tally:
        tally: Tally = Counter()
        found = False
        for file in self._files:
            try:
                parse(file.read(), tally)
                found = True
            except FileNotFoundError:
                continue
        if not found:
            raise NothingToRead
        return tally


SPECIFICATION = CollectorSpecification("tcpstat", (STATES,), TcpstatCollector, enabled=False)
