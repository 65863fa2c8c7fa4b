"""The open connections, how many there may be, and the clock that ends the idle ones."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable
from typing import NamedTuple, Protocol

from exporter.native._numbers import lib
from exporter.page.wanted import Wanted
from exporter.serving.audit import Audit
from exporter.serving.keep_alive import LentConnections
from exporter.serving.listening import BACKLOG
from exporter.serving.loop.event_loop import EventLoop, Future, Timer
from exporter.serving.loop.listener import Listener
from exporter.serving.loop.transport import Spoken
from exporter.serving.messages import Request, Response
from exporter.serving.unread import give_up_unread

MOST_CONNECTIONS = 512
REQUEST_SECONDS = 10.0
SWEEP_SECONDS = 5.0
# Where all connections are lent, there is nothing to end but idle ones, and no need to wake up for
# more often than this.
SELDOM_SECONDS = 60.0
# Connections taken in at once, before the limit is looked at: so a flood cannot take all
# descriptors.
MOST_ACCEPTED = 64
# When more than these have gone between two looks, it was a flood, and what it took is given back.
FLOOD = 64


class Answering(Protocol):
    """What answers requests: ``Routes``, or a ``Guard`` before them."""

    def answer(self, request: Request) -> Response | Future[Response]:
        """The answer, or a future of it."""
        ...


class ClientConnection(Protocol):
    """An open connection.

    ``deadline`` is when its time is over, by the event loop's clock.
    """

    deadline: float

    @property
    def lent(self) -> bool:
        """Whether another thread looks after it."""
        ...

    def drop(self) -> None:
        """End it at once."""
        ...


class Lending(NamedTuple):
    """Where connections are lent to, and the page that a request is for: None for none."""

    connections: LentConnections
    wanted: Callable[[Request], Wanted | None]


class Server:
    """The open connections, and the clock that ends the idle ones.

    Args:
        loop: tells of clients and of time.
        routes: what answers.
        audit: is told what was answered.
        most: how many connections there may be.
        lending: where connections are lent to, if to anybody.
    """

    def __init__(
        self,
        loop: EventLoop,
        routes: Answering,
        audit: Audit,
        most: int = MOST_CONNECTIONS,
        lending: Lending | None = None,
    ) -> None:
        self.routes = routes
        self.audit = audit
        self.lending = lending
        self.connections: dict[ClientConnection, None] = {}
        self._most = most
        self.loop = loop
        self._sweep_at: Timer | None = None
        self._gone = 0

    def now(self) -> float:
        """The event loop's clock, in seconds."""
        return self.loop.time()

    def opened(self, connection: ClientConnection) -> None:
        """Take a new connection in; beyond the limit, the oldest one has to go."""
        if len(self.connections) >= self._most:
            # Not one that waits for its page, as long as there are others.
            oldest = min(self.connections, key=lambda connection: connection.deadline)
            del self.connections[oldest]
            oldest.drop()
        connection.deadline = self.now() + REQUEST_SECONDS
        self.connections[connection] = None
        self.look_after()

    def look_after(self) -> None:
        """Look soon for connections whose time is over."""
        self._sweep_within(SWEEP_SECONDS)

    def _sweep_within(self, seconds: float) -> None:
        if self._sweep_at is not None:
            if self._sweep_at.when() <= self.now() + seconds:
                return
            self._sweep_at.cancel()
        self._sweep_at = self.loop.call_later(seconds, self._sweep)

    def closed(self, connection: ClientConnection) -> None:
        """Forget a connection."""
        self.connections.pop(connection, None)
        self._gone += 1

    def _sweep(self) -> None:
        """Drop connections whose time is over; come again as long as there are any."""
        self._sweep_at = None
        if self._gone > FLOOD:
            # What a handshake leaves is in circles.
            gc.collect()
            lib.give_memory_back()
        self._gone = 0
        now = self.now()
        for connection in [c for c in self.connections if c.deadline < now]:
            connection.drop()
        if self.connections:
            all_lent = all(connection.lent for connection in self.connections)
            self._sweep_within(SELDOM_SECONDS if all_lent else SWEEP_SECONDS)

    def serve(self, listening: socket.socket, begin: Callable[[], Spoken]) -> Listener:
        """Serve the clients that connect to a listening socket.

        Args:
            listening: the socket.
            begin: makes what speaks to a client first: a ``Connection``, or what comes before.
        """
        give_up_unread(listening)
        listening.listen(BACKLOG)
        return Listener(self.loop, listening, begin, MOST_ACCEPTED)
