"""An HTTP protocol of uvicorn's that does not wait forever for the head of a request.

uvicorn (0.54) limits how long a connection may idle between requests, and not how long a client may
take for its first line and headers: thousands of half-sent ones would hold as many sockets.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol over httptools, with an end to a request's head."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Of asyncio."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Of asyncio."""
        self._have_head()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Of httptools: the first byte of a request."""
        super().on_message_begin()
        self._have_head()
        self._expect_head()

    def on_headers_complete(self) -> Any:
        """Of httptools: a request's head is there."""
        self._have_head()
        return super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _have_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            )
            self.transport.close()
