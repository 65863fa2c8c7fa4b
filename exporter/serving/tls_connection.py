"""TLS before HTTP: a client's handshake and what comes of it, in its own words and ours.

asyncio's own TLS closes a connection whose handshake fails without a word, and keeps 256 KiB for
each. Here the client is sent the alert that says why, and the failure is counted and told.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable
from typing import Any

from exporter.serving.audit_families import CERTIFICATE, OTHER, PLAIN_HTTP, TIMEOUT
from exporter.serving.connection import Connection
from exporter.serving.loop.event_loop import Timer
from exporter.serving.loop.transport import Transport
from exporter.serving.peers import peer_of
from exporter.serving.server import Server
from exporter.serving.tls import names_of
from exporter.serving.watching import Security

# Enough for scrapers, and little work for a machine that is flooded with handshakes.
MOST_CONNECTIONS = 128
HANDSHAKE_SECONDS = 5.0
# How long a client that was refused may take to go.
FAREWELL_SECONDS = 2.0
_PIECE = 65536
# What a request in plain HTTP begins with, and the answer, as Go's server has both.
_HTTP = (b"GET /", b"HEAD ", b"POST ", b"PUT /", b"OPTIO")
_PLAIN_ANSWER = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


class TlsTransport:
    """What a ``Connection`` writes to: encrypts, and hands on to the socket's transport."""

    def __init__(self, raw: Transport, spoken: TlsConnection) -> None:
        self._raw = raw
        self._spoken = spoken

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """``sslcontext``, and what the socket's transport tells."""
        if name == "sslcontext":
            return self._spoken.context
        return self._raw.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._raw.is_closing()

    def write(self, data: bytes) -> None:
        """Send some bytes."""
        self._spoken.send(data)

    def get_write_buffer_size(self) -> int:
        """Bytes that the kernel has not taken yet."""
        return self._raw.get_write_buffer_size()

    def pause_reading(self) -> None:
        """Hear no more of the client."""
        self._spoken.hear(False)

    def resume_reading(self) -> None:
        """Hear the client again."""
        self._spoken.hear(True)

    def write_eof(self) -> None:
        """Say that no more comes; the client may go on speaking."""
        self._raw.write_eof()

    def close(self) -> None:
        """Send what is left, say so, and close."""
        self._spoken.end()
        self._raw.close()

    def abort(self) -> None:
        """Close at once."""
        self._raw.abort()


class TlsConnection:
    """One client that speaks TLS; once its handshake is done, a ``Connection`` answers it.

    Args:
        server: where connections are counted.
        current: gives the TLS context in force, so that each handshake has the newest.
    """

    lent = False

    def __init__(self, server: Server, current: Callable[[], Security]) -> None:
        self._server = server
        self._security = current()
        assert self._security.context is not None
        self.context = self._security.context
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = self.context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._raw: Transport | None = None
        self._connection: Connection | None = None
        self._limit: Timer | None = None
        self._first = b""
        self._hearing = True
        self._refused = False
        self.deadline = 0.0

    def connection_made(self, transport: Transport) -> None:
        """Wait for the handshake, but not for long."""
        self._raw = transport
        self._server.opened(self)
        self._limit = self._server.loop.call_later(HANDSHAKE_SECONDS, self._time_out)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._forget_limit()
        if self._connection is not None:
            self._connection.connection_lost(exc)
        else:
            self._server.closed(self)
        self._raw = None

    def eof_received(self) -> bool:
        """The client has gone: TLS has no connections that are open in one direction."""
        if self._connection is not None:
            self._connection.eof_received()
        elif self._first and not self._refused:
            self._fail(OTHER, "the client has ended the connection")
        return False

    def pause_writing(self) -> None:
        """See ``Spoken``."""
        if self._connection is not None:
            self._connection.pause_writing()

    def resume_writing(self) -> None:
        """See ``Spoken``."""
        if self._connection is not None:
            self._connection.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Go on with the handshake, or with what is said behind it."""
        if self._refused or self._raw is None:
            return
        if self._connection is not None:
            self._incoming.write(data)
            self._read()
            return
        if len(self._first) < len(_HTTP[0]):
            self._first += data[: len(_HTTP[0])]
            if self._first.startswith(_HTTP):
                self._fail(PLAIN_HTTP, "the client speaks plain HTTP", _PLAIN_ANSWER)
                return
        self._incoming.write(data)
        self._shake_hands()

    def _shake_hands(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return
        except ssl.SSLCertVerificationError as error:
            self._fail(CERTIFICATE, error.verify_message, self._outgoing.read())
            return
        except ssl.SSLError as error:
            reason = error.reason or type(error).__name__
            kind = CERTIFICATE if reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE" else OTHER
            self._fail(kind, reason.lower().replace("_", " "), self._outgoing.read())
            return
        self._flush()
        self._forget_limit()
        assert self._security.configuration.tls is not None
        allowed = self._security.configuration.tls.allowed_sans
        if allowed and not allowed & names_of(self._tls.getpeercert()):
            text = "the client's certificate has no name of client_allowed_sans"
            self._fail(CERTIFICATE, text)
            return
        assert self._raw is not None
        self._server.closed(self)
        self._connection = Connection(self._server)
        self._connection.connection_made(TlsTransport(self._raw, self))
        self._read()

    def _read(self) -> None:
        """Hand on what the client has said, as long as it is heard."""
        assert self._connection is not None
        while (
            self._hearing
            and self._raw is not None
            and not self._raw.is_closing()
            and (self._incoming.pending or self._tls.pending())
        ):
            try:
                data = self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                break
            except ssl.SSLError:
                # Also its word that it will say no more.
                data = b""
            if not data:
                self._connection.eof_received()
                self.end()
                if self._raw is not None:
                    self._raw.close()
                return
            self._connection.data_received(data)
        self._flush()

    def hear(self, wanted: bool) -> None:
        """Whether the client is to be heard."""
        if self._raw is None or wanted == self._hearing:
            return
        self._hearing = wanted
        if not wanted:
            self._raw.pause_reading()
            return
        self._raw.resume_reading()
        # What was decrypted already waits for no packet.
        self._server.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        if self._connection is not None and self._raw is not None:
            self._read()

    def send(self, data: bytes) -> None:
        """Encrypt and send some bytes."""
        try:
            self._tls.write(data)
        except ssl.SSLError:
            if self._raw is not None:
                self._raw.abort()
            return
        self._flush()

    def end(self) -> None:
        """Tell the client that no more comes."""
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        self._flush()

    def drop(self) -> None:
        """End the connection at once."""
        if self._raw is not None:
            self._raw.abort()

    def _flush(self) -> None:
        if self._raw is not None and (data := self._outgoing.read()):
            self._raw.write(data)

    def _time_out(self) -> None:
        self._fail(TIMEOUT, f"it took more than {HANDSHAKE_SECONDS:g} seconds")

    def _fail(self, reason: str, text: str, answer: bytes = b"") -> None:
        """Refuse the client, and tell it why where TLS has words for it."""
        if self._raw is None or self._refused:
            return
        self._refused = True
        self._forget_limit()
        peer = peer_of(self._raw.get_extra_info("peername"))
        self._server.audit.failed_handshake(peer, reason, text)
        if not answer:
            self._raw.abort()
            return
        # Its next words must not meet a closed socket: that would take the answer from it.
        self._raw.write(answer)
        self._raw.write_eof()
        self._limit = self._server.loop.call_later(FAREWELL_SECONDS, self.drop)

    def _forget_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
