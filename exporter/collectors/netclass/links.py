"""What the kernel says of network links by rtnetlink(7): that one has changed, and which there are.

The kernel notifies listeners of each change of a link's state. So a scrape on which nothing changed
costs one read that would block, however many links there are. (A list of all links would not do: it
holds the traffic counters, and so is never the same twice.)
"""

from __future__ import annotations

import socket
import struct

_RTM_NEWLINK = 16
_RTM_GETLINK = 18
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_REQUEST_DUMP = 0x301
_RTMGRP_LINK = 1
# struct nlmsghdr (length, type, flags, sequence, port) and struct ifinfomsg.
_HEADER = struct.Struct("=IHHII")
_LINK = struct.Struct("=BxHiII")
# struct timeval: how long the kernel may take for its list.
_TIMEOUT = struct.pack("@ll", 1, 0)
# The kernel fills at most this much at once.
_BUFFER = 32768
# More news than this at once is read at the next scrape; they all say the same.
_MOST_NEWS = 64


class LinkWatch:
    """Tells whether the links of this network namespace have changed since it was last asked."""

    def __init__(self) -> None:
        self._news: socket.socket | None = None

    def changed(self) -> bool:
        """Whether there is news; true as well at first, and when the kernel tells none."""
        try:
            if self._news is None:
                self._news = _open(_RTMGRP_LINK)
                return True
            return self._read_news()
        except OSError:
            # Also when there was more news than the socket could hold.
            self.close()
            return True

    def _read_news(self) -> bool:
        assert self._news is not None
        for i in range(_MOST_NEWS):
            try:
                self._news.recv(_BUFFER, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return i > 0
        return True

    def shows(self, indices: set[int]) -> bool:
        """Whether the kernel's links have at least these numbers."""
        try:
            return link_indices() >= indices
        except OSError:
            return False

    def close(self) -> None:
        """Close the socket."""
        if self._news is not None:
            self._news.close()
            self._news = None


def _open(groups: int) -> socket.socket:
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    opened = socket.socket(socket.AF_NETLINK, kind, socket.NETLINK_ROUTE)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIMEOUT)
        opened.bind((0, groups))
    except OSError:
        opened.close()
        raise
    return opened


def link_indices() -> set[int]:
    """The numbers of the links of this network namespace.

    Raises:
        OSError: there is no netlink, the kernel refuses, or its answer is malformed.
    """
    body = _LINK.pack(0, 0, 0, 0, 0)
    length = _HEADER.size + len(body)
    found: set[int] = set()
    with _open(0) as asking:
        asking.send(_HEADER.pack(length, _RTM_GETLINK, _REQUEST_DUMP, 0, 0) + body)
        while not parse_indices(asking.recv(_BUFFER), found):
            pass
    return found


def parse_indices(data: bytes, found: set[int]) -> bool:
    """Add the links' numbers of one datagram to ``found``; whether it was the last one.

    Raises:
        OSError: the kernel reports an error, or the datagram is malformed.
    """
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, *_ = _HEADER.unpack_from(data, offset)
        if kind == _NLMSG_DONE:
            return True
        if kind == _NLMSG_ERROR or length < _HEADER.size:
            raise OSError("rtnetlink: no list of links")
        if kind == _RTM_NEWLINK:
            if offset + _HEADER.size + _LINK.size > len(data):
                raise OSError("rtnetlink: a link that is cut off")
            found.add(_LINK.unpack_from(data, offset + _HEADER.size)[2])
        offset += (length + 3) & ~3
    return False
