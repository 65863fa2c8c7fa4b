"""The kernel's list of network links by rtnetlink(7), to see whether anything about them changed.

With ``IFLA_EXT_MASK`` the kernel leaves the traffic counters out, so the answer stays the same to
the byte until a link's state does not.
"""

from __future__ import annotations

import socket
import struct

_RTM_GETLINK = 18
_RTM_NEWLINK = 16
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_REQUEST_DUMP = 0x301
_IFLA_EXT_MASK = 29
_SKIP_STATISTICS = 1 << 3
# struct nlmsghdr (length, type, flags, sequence, port), struct ifinfomsg, one attribute.
_HEADER = struct.Struct("=IHHII")
_LINK = struct.Struct("=BxHiII")
_ATTRIBUTE = struct.Struct("=HHI")
# struct timeval; a socket's own time limit costs no system call of its own.
_TIMEOUT = struct.pack("@ll", 1, 0)
# The kernel fills at most this much at once.
_BUFFER = 32768


class LinkWatch:
    """Tells whether the links of this network namespace have changed since it was last asked."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._state: list[bytes] = []
        self._buffer = memoryview(bytearray(_BUFFER))

    def changed(self) -> bool:
        """Ask the kernel; also true when it does not answer."""
        try:
            state = self._dump()
        except OSError:
            self.close()
            return True
        changed = state != self._state or not state
        self._state = state
        return changed

    def shows(self, indices: set[int]) -> bool:
        """Whether the last answer was about just the links of these numbers."""
        return bool(self._state) and _indices(self._state) >= indices

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _dump(self) -> list[bytes]:
        """The messages of the kernel's answer, each without its header.

        Raises:
            OSError: there is no netlink, or the kernel refuses.
        """
        if self._socket is None:
            kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
            self._socket = socket.socket(socket.AF_NETLINK, kind, socket.NETLINK_ROUTE)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIMEOUT)
        body = _LINK.pack(0, 0, 0, 0, 0) + _ATTRIBUTE.pack(8, _IFLA_EXT_MASK, _SKIP_STATISTICS)
        length = _HEADER.size + len(body)
        self._socket.send(_HEADER.pack(length, _RTM_GETLINK, _REQUEST_DUMP, 0, 0) + body)
        messages: list[bytes] = []
        while True:
            size = self._socket.recv_into(self._buffer)
            if _collect(bytes(self._buffer[:size]), messages):
                return messages


def _collect(data: bytes, messages: list[bytes]) -> bool:
    """Add the links of one datagram; whether it was the last one.

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
            messages.append(data[offset + _HEADER.size : offset + length])
        offset += (length + 3) & ~3
    return False


def _indices(messages: list[bytes]) -> set[int]:
    return {_LINK.unpack_from(message)[2] for message in messages}
