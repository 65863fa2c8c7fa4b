"""The open connections, how many there may be, and the clock that ends the idle ones."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol

from exporter.web.connection import REQUEST_SECONDS, Connection
from exporter.web.listening import BACKLOG
from exporter.web.messages import Request, Response

MOST_CONNECTIONS = 512
SWEEP_SECONDS = 5.0
# Connections taken in at once, before the limit is looked at: so a flood cannot take all
# descriptors.
MOST_ACCEPTED = 64


class Answering(Protocol):
    """What answers requests: ``Routes``, or a ``Guard`` before them."""

    def answer(self, request: Request) -> Response | asyncio.Future[Response]:
        """The answer, or a future of it."""
        ...


class Client(Protocol):
    """An open connection: ``deadline`` is when its time is over, by the event loop's clock."""

    deadline: float

    def drop(self) -> None:
        """End it at once."""
        ...


class Server:
    """The open connections, and the clock that ends the idle ones.

    Args:
        routes: what answers.
        most: how many connections there may be.
    """

    def __init__(self, routes: Answering, most: int = MOST_CONNECTIONS) -> None:
        self.routes = routes
        self.connections: dict[Client, None] = {}
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._sweeping = False

    def now(self) -> float:
        """The event loop's clock, in seconds."""
        return self._loop.time()

    def opened(self, connection: Client) -> None:
        """Take a new connection in; beyond the limit, the oldest one has to go."""
        if len(self.connections) >= self._most:
            # Not one that waits for its page, as long as there are others.
            oldest = min(self.connections, key=lambda connection: connection.deadline)
            del self.connections[oldest]
            oldest.drop()
        connection.deadline = self.now() + REQUEST_SECONDS
        self.connections[connection] = None
        if not self._sweeping:
            self._sweeping = True
            self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def closed(self, connection: Client) -> None:
        """Forget a connection."""
        self.connections.pop(connection, None)

    def _sweep(self) -> None:
        """Drop connections whose time is over; come again as long as there are any."""
        now = self.now()
        for connection in [c for c in self.connections if c.deadline < now]:
            connection.drop()
        self._sweeping = bool(self.connections)
        if self._sweeping:
            self._loop.call_later(SWEEP_SECONDS, self._sweep)

    async def serve(
        self, listening: socket.socket, begin: Callable[[], asyncio.Protocol] | None = None
    ) -> asyncio.Server:
        """Serve the clients that connect to a listening socket.

        Args:
            listening: the socket.
            begin: makes what speaks to a client first; HTTP begins at once when it is None.
        """
        server = await self._loop.create_server(
            begin or (lambda: Connection(self)), sock=listening, backlog=MOST_ACCEPTED
        )
        # asyncio takes one number for two things; the kernel's queue is to be long.
        listening.listen(BACKLOG)
        return server
