"""TLS before HTTP: a connection counts from its first byte on, and a slow handshake is dropped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from exporter.serving.connection import Connection
from exporter.serving.server import Server
from exporter.serving.tls import names_of
from exporter.serving.watching import Security

LOG = logging.getLogger("exporter")

# asyncio keeps 256 KiB for each connection with TLS: 32 MiB for all.
MOST_CONNECTIONS = 128
HANDSHAKE_SECONDS = 5.0
SHUTDOWN_SECONDS = 2.0


class Handshake(asyncio.Protocol):
    """One client that has not finished its handshake; afterwards a ``Connection`` takes over.

    Args:
        server: where connections are counted.
        current: gives the TLS context in force, so that each handshake has the newest.
    """

    lent = False

    def __init__(self, server: Server, current: Callable[[], Security]) -> None:
        self._server = server
        self._current = current
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._early: list[bytes] = []
        self.deadline = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the handshake."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.opened(self)
        self._task = asyncio.get_running_loop().create_task(self._run(transport))

    def data_received(self, data: bytes) -> None:
        """What the client has said right behind its handshake."""
        self._early.append(data)

    def drop(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    async def _run(self, transport: asyncio.Transport) -> None:
        security = self._current()
        assert security.context is not None
        assert security.configuration.tls is not None
        try:
            secure = await asyncio.get_running_loop().start_tls(
                transport,
                self,
                security.context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=SHUTDOWN_SECONDS,
            )
        except OSError as error:
            LOG.debug("a TLS handshake has failed: %s", error)
            return
        finally:
            self._server.closed(self)
        if secure is None or secure.is_closing():
            return
        allowed = security.configuration.tls.allowed_sans
        if allowed and not allowed & names_of(secure.get_extra_info("peercert")):
            LOG.debug("a client's certificate has no name of client_allowed_sans")
            secure.abort()
            return
        connection = Connection(self._server)
        secure.set_protocol(connection)
        connection.connection_made(secure)
        if self._early:
            connection.data_received(b"".join(self._early))
