"""The open connections, how many there may be, and the clock that ends the idle ones."""

from __future__ import annotations

import asyncio
import socket

from exporter.web.connection import REQUEST_SECONDS, Connection
from exporter.web.listening import BACKLOG
from exporter.web.routes import Routes

MOST_CONNECTIONS = 512
SWEEP_SECONDS = 5.0
# Connections taken in at once, before the limit is looked at: so a flood cannot take all
# descriptors.
MOST_ACCEPTED = 64


class Server:
    """The open connections, and the clock that ends the idle ones."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.connections: dict[Connection, None] = {}
        self._loop = asyncio.get_running_loop()
        self._sweeping = False

    def now(self) -> float:
        """The event loop's clock, in seconds."""
        return self._loop.time()

    def opened(self, connection: Connection) -> None:
        """Take a new connection in; beyond the limit, the oldest one has to go."""
        if len(self.connections) >= MOST_CONNECTIONS:
            # Not one that waits for its page, as long as there are others.
            oldest = min(self.connections, key=lambda connection: connection.deadline)
            del self.connections[oldest]
            oldest.drop()
        connection.deadline = self.now() + REQUEST_SECONDS
        self.connections[connection] = None
        if not self._sweeping:
            self._sweeping = True
            self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def closed(self, connection: Connection) -> None:
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

    async def serve(self, listening: socket.socket) -> asyncio.Server:
        """Serve the clients that connect to a listening socket."""
        server = await self._loop.create_server(
            lambda: Connection(self), sock=listening, backlog=MOST_ACCEPTED
        )
        # asyncio takes one number for two things; the kernel's queue is to be long.
        listening.listen(BACKLOG)
        return server
