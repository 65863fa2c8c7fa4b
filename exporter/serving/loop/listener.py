"""Takes clients in from a socket that is listened on."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable

from exporter.serving.loop.event_loop import READABLE, EventLoop
from exporter.serving.loop.transport import SocketTransport, Spoken

LOG = logging.getLogger(__name__)

# A client that cannot be had for want of these waits in the kernel's queue, and is tried again.
_WANTING = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
RETRY_SECONDS = 1.0


class Listener:
    """Takes clients in.

    Args:
        loop: tells of them.
        listening: the socket.
        begin: makes what speaks to a client.
        most: how many are taken in at once, before anything else has its turn.
    """

    def __init__(
        self, loop: EventLoop, listening: socket.socket, begin: Callable[[], Spoken], most: int
    ) -> None:
        self._loop = loop
        self._socket = listening
        self._begin = begin
        self._most = most
        self._closed = False
        listening.setblocking(False)
        self._hear()

    def _hear(self) -> None:
        if not self._closed:
            self._loop.watch(self._socket.fileno(), READABLE, self._accept)

    def _accept(self, _: int) -> None:
        for _ in range(self._most):
            try:
                client, peer = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _WANTING:
                    raise
                LOG.error("a client cannot be taken in: %s", error.strerror)
                self._loop.watch(self._socket.fileno(), 0, self._accept)
                self._loop.call_later(RETRY_SECONDS, self._hear)
                return
            client.setblocking(False)
            if client.family in (socket.AF_INET, socket.AF_INET6):
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport = SocketTransport(self._loop, client, peer)
            # Not in this call: see ``most``.
            self._loop.call_soon(self._start, transport)

    def _start(self, transport: SocketTransport) -> None:
        transport.start(self._begin())

    def close(self) -> None:
        """Take no more in; the socket stays open."""
        if not self._closed:
            self._closed = True
            self._loop.watch(self._socket.fileno(), 0, self._accept)
