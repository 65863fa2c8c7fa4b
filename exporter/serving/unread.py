"""What a client has not taken of its answers, which is the kernel's memory, is bounded.

A socket takes megabytes before it says that its client is slow. A regular client has taken an
answer before it asks again, and is never held up: only who asks on without reading gets a socket
that takes little.
"""

from __future__ import annotations

import fcntl
import socket
import sys

# What may be left of earlier answers when another one is sent: less than a page.
MOST_UNREAD = 32 * 1024
# SIOCOUTQ, see tcp(7) and unix(7): bytes that the other side's program or kernel has not taken.
_SIOCOUTQ = 0x5411
# How long a client may take nothing, also behind the end of its connection.
GIVE_UP_SECONDS = 30


def unread(descriptor: int) -> int:
    """Bytes of its answers that a client has not taken; 0 where the socket does not tell."""
    try:
        return int.from_bytes(fcntl.ioctl(descriptor, _SIOCOUTQ, b"\0\0\0\0"), sys.byteorder)
    except OSError:
        return 0


def narrow(descriptor: int) -> None:
    """Have the kernel hold little for this client from now on."""
    with socket.socket(fileno=descriptor) as borrowed:
        try:
            borrowed.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_UNREAD)
        finally:
            borrowed.detach()


def give_up_unread(listening: socket.socket) -> None:
    """Have the kernel end connections whose client takes nothing for a while.

    Also those that are closed here already, whose last answer it still holds: no connection of
    ours is there any more to count. What is accepted has the option from the socket that listens.
    """
    if listening.family in (socket.AF_INET, socket.AF_INET6):
        option = socket.TCP_USER_TIMEOUT
        listening.setsockopt(socket.IPPROTO_TCP, option, GIVE_UP_SECONDS * 1000)
