"""Questions to the kernel by netlink(7): lists of messages, and their attributes.

Only collectors that are off by default ask so. What is told is of the reader's network namespace,
so those of another machine's, or of a container's own, have to be refused: ``HostNetwork``.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator
from typing import NamedTuple, Self

from exporter.sources.files import Sources
from exporter.sources.network_namespace import is_ours

# NETLINK_GENERIC, which Python's socket does not have.
GENERIC = 16
_ERROR, _DONE = 2, 3
_OVERRUN = 4
_REQUEST, _DUMP = 0x1, 0x300
# struct nlmsghdr: length, type, flags, sequence, port; struct nlattr: length, type.
_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_NUMBER = struct.Struct("=i")
# The two upper bits of an attribute's type tell of its content (netlink's NLA_TYPE_MASK).
_TYPE_MASK = 0x3FFF
# struct timeval: how long the kernel may take for one part of a list.
_TIMEOUT = struct.pack("@ll", 1, 0)
# The kernel fills at most this much at once.
_BUFFER = 65536


class Message(NamedTuple):
    """One message of the kernel: its type, and what is behind its header."""

    kind: int
    body: bytes


def messages(datagram: bytes) -> tuple[list[Message], bool]:
    """The messages of one datagram, and whether they were the last ones.

    Raises:
        OSError: the kernel reports an error, with its number, or the datagram is malformed.
    """
    found: list[Message] = []
    offset = 0
    while offset + _HEADER.size <= len(datagram):
        length, kind, *_ = _HEADER.unpack_from(datagram, offset)
        if length < _HEADER.size or offset + length > len(datagram):
            raise OSError("netlink: a message that is cut off")
        body = datagram[offset + _HEADER.size : offset + length]
        if kind in (_ERROR, _DONE) and len(body) >= _NUMBER.size:
            (code,) = _NUMBER.unpack_from(body)
            if code < 0:
                raise OSError(-code, f"netlink: {os.strerror(-code)}")
        if kind == _OVERRUN:
            raise OSError("netlink: the kernel has lost messages")
        if kind in (_ERROR, _DONE):
            return found, True
        found.append(Message(kind, body))
        offset += (length + 3) & ~3
    return found, False


def attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and value of each attribute.

    Raises:
        OSError: one is cut off.
    """
    offset = 0
    while offset + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < _ATTRIBUTE.size or offset + length > len(data):
            raise OSError("netlink: an attribute that is cut off")
        yield kind & _TYPE_MASK, data[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3


def attribute(kind: int, value: bytes) -> bytes:
    """An attribute of a question."""
    length = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(length, kind) + value + bytes(-length % 4)


def unsigned_of(value: bytes) -> int:
    """The number of an attribute, of any size, in this machine's order of bytes."""
    return int.from_bytes(value, byteorder=sys.byteorder)


class Netlink:
    """A connection to one of netlink's families; a context manager that closes it.

    Args:
        family: ``socket.NETLINK_ROUTE`` or ``GENERIC``.

    Raises:
        OSError: there is no netlink, or no such family.
    """

    def __init__(self, family: int) -> None:
        kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
        self._socket = socket.socket(socket.AF_NETLINK, kind, family)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIMEOUT)
            self._socket.bind((0, 0))
        except OSError:
            self._socket.close()
            raise

    def dump(self, kind: int, body: bytes) -> list[Message]:
        """The list that a question is answered with.

        Raises:
            OSError: the kernel refuses, does not answer in a second, or the answer is malformed.
        """
        return self._ask(kind, body, _REQUEST | _DUMP)

    def get(self, kind: int, body: bytes) -> list[Message]:
        """The messages of a question's one answer.

        Raises:
            OSError: see ``dump``.
        """
        return self._ask(kind, body, _REQUEST)

    def _ask(self, kind: int, body: bytes, flags: int) -> list[Message]:
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), kind, flags, 0, 0) + body)
        found: list[Message] = []
        last = False
        while not last:
            more, last = messages(self._socket.recv(_BUFFER))
            found += more
            last = last or flags == _REQUEST
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


class HostNetwork:
    """The network that these sources describe, as far as it is the one that netlink tells of.

    Args:
        sources: of the machine.
        who: asks, for the message.
    """

    def __init__(self, sources: Sources, who: str) -> None:
        self._who = who
        self._is_ours = is_ours(sources)

    def require(self) -> None:
        """See to it that an answer is of that network.

        Raises:
            OSError: it would be of another one, which is no fault of a source's numbers.
        """
        if not self._is_ours:
            raise OSError(
                f"{self._who}: expected the network that --path.procfs describes (in a container: "
                "the host's network), found another one"
            )


def interface_names() -> dict[int, str]:
    """The names of this network namespace's interfaces, by their numbers."""
    return dict(socket.if_nameindex())
