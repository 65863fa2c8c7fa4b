"""Reads /proc/self/mountstats; see ``families.py`` for the kernel's side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from exporter.collecting import CollectorError
from exporter.collectors.mountstats.families import (
    BYTES,
    EVENTS,
    FIRST_TIME,
    NOT_SHOWN,
    OPERATIONS,
    SOURCE,
)
from exporter.sources.tokens import check_counters, check_integers, shown

_NFS = (b"nfs", b"nfs4")
# Which columns of a transport's line are which, the port being the first of all.
COLUMNS: dict[str, dict[str, int]] = {
    "tcp": {
        "bind_total": 1,
        "connect_total": 2,
        "idle_time_seconds": 4,
        "sends_total": 5,
        "receives_total": 6,
        "bad_transaction_ids_total": 7,
        "backlog_queue_total": 9,
        "maximum_rpc_slots": 10,
        "sending_queue_total": 11,
        "pending_queue_total": 12,
    },
    "udp": {
        "bind_total": 1,
        "sends_total": 2,
        "receives_total": 3,
        "bad_transaction_ids_total": 4,
        "backlog_queue_total": 6,
        "maximum_rpc_slots": 7,
        "sending_queue_total": 8,
        "pending_queue_total": 9,
    },
    "rdma": {
        "bind_total": 1,
        "connect_total": 2,
        "idle_time_seconds": 4,
        "sends_total": 5,
        "receives_total": 6,
        "bad_transaction_ids_total": 7,
        "backlog_queue_total": 9,
    },
}
# What all versions of the statistics have; the columns behind came with version 1.1.
_FEWEST = {"tcp": 10, "udp": 7, "rdma": 10}


class Transport(NamedTuple):
    """A connection to the server: its protocol, and its columns from the port on."""

    protocol: str
    columns: list[bytes]


class NfsMount:
    """A mount, and what it counts; lines that it has not are empty."""

    __slots__ = ("age", "bytes", "events", "export", "operations", "point", "transports")

    def __init__(self, export: str, point: str) -> None:
        self.export, self.point = export, point
        self.age = b""
        self.bytes: list[bytes] = []
        self.events: list[bytes] = []
        self.transports: list[Transport] = []
        self.operations: list[tuple[str, list[bytes]]] = []


def _columns(words: list[bytes], count: int, what: str) -> list[bytes]:
    if len(words) < count:
        raise CollectorError(f"{SOURCE}: {what}: expected {count} numbers, found {len(words)}")
    check_counters(words[:count], f"{SOURCE}: {what}")
    return words[:count]


def _transport(words: list[bytes]) -> Transport:
    protocol = words[0].decode("utf-8", "replace") if words else ""
    columns = words[1:]
    if len(columns) < _FEWEST.get(protocol, 0):
        raise CollectorError(
            f"{SOURCE}: xprt: expected more numbers, found {shown(b' '.join(words))}"
        )
    check_integers(columns, f"{SOURCE}: xprt")
    return Transport(protocol, columns)


def _head(words: list[bytes]) -> NfsMount | None:
    """What a line ``device`` begins, if it is an NFS mount with statistics."""
    if len(words) < 8 or (words[2], words[3], words[5], words[6]) != (
        *(b"mounted", b"on", b"with", b"fstype"),
    ):
        raise CollectorError(f"{SOURCE}: expected a mount, found {shown(b' '.join(words))}")
    if words[7] not in _NFS or len(words) == 8:
        return None
    return NfsMount(words[1].decode("utf-8", "replace"), words[4].decode("utf-8", "replace"))


def _line(mount: NfsMount, words: list[bytes]) -> None:
    """One line of a mount before those of its operations."""
    kind, rest = words[0], words[1:]
    if kind == b"age:":
        mount.age = _columns(rest, 1, "age")[0]
    elif kind == b"bytes:":
        mount.bytes = _columns(rest, len(BYTES), "bytes")
    elif kind == b"events:":
        mount.events = _columns(rest, len(EVENTS) + 1, "events")
        del mount.events[NOT_SHOWN]
    elif kind == b"xprt:":
        mount.transports.append(_transport(rest))


def parse(data: bytes) -> list[NfsMount]:
    """The NFS mounts.

    Raises:
        CollectorError: a line of one is not understood.
    """
    mounts: list[NfsMount] = []
    mount: NfsMount | None = None
    in_operations = False
    for line in data.splitlines():
        words = line.split()
        if not words:
            mount, in_operations = None, False
        elif words[0] == b"device":
            mount, in_operations = _head(words), False
            if mount is not None:
                mounts.append(mount)
        elif mount is None:
            continue
        elif words[0] == b"per-op":
            in_operations = True
        elif in_operations:
            name = words[0].removesuffix(b":").decode("utf-8", "replace")
            mount.operations.append((name, _columns(words[1:], len(OPERATIONS), name)))
        else:
            _line(mount, words)
    return mounts


def exact(number: bytes) -> bytes:
    """A number as node_exporter shows it: those that no float can hold begin anew at 2^53.

    The kernel adds differences of times, and a clock that was set back leaves numbers near 2^64.
    """
    value = int(number)
    return number if value < 2**53 else b"%d" % (value % 2**53)


def times(columns: Iterable[bytes]) -> list[bytes]:
    """The columns of an operation, with times that a float can hold."""
    return [exact(one) if i >= FIRST_TIME else one for i, one in enumerate(columns)]
