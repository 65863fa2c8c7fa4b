"""One client's socket: what is read goes to a protocol, what is written waits for the kernel."""

from __future__ import annotations

import logging
import socket
from typing import Any, Protocol

from exporter.serving.loop.event_loop import READABLE, WRITABLE, EventLoop

LOG = logging.getLogger(__name__)

# asyncio's: the writer is told to pause above the one, and to go on below the other.
MOST_BUFFERED = 64 * 1024
LEAST_BUFFERED = 16 * 1024
_PIECE = 256 * 1024


class Transport(Protocol):
    """What a protocol writes to; the rules are those of ``asyncio.Transport``."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """``socket``, ``peername`` or ``sslcontext``; the default where there is none."""
        ...

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        ...

    def write(self, data: bytes) -> None:
        """Send some bytes, now or when the client takes them."""
        ...

    def get_write_buffer_size(self) -> int:
        """Bytes that the kernel has not taken yet."""
        ...

    def pause_reading(self) -> None:
        """Hear no more of the client."""
        ...

    def resume_reading(self) -> None:
        """Hear the client again."""
        ...

    def write_eof(self) -> None:
        """Say, behind what is written, that no more comes."""
        ...

    def close(self) -> None:
        """Send what is left, and close."""
        ...

    def abort(self) -> None:
        """Close at once."""
        ...


class Spoken(Protocol):
    """What speaks with a client; the rules are those of ``asyncio.Protocol``."""

    def connection_made(self, transport: Transport) -> None:
        """The client is there."""
        ...

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        ...

    def data_received(self, data: bytes) -> None:
        """It has said something."""
        ...

    def eof_received(self) -> bool:
        """It will say no more; whether it is still to be answered."""
        ...

    def pause_writing(self) -> None:
        """Much waits to be sent."""
        ...

    def resume_writing(self) -> None:
        """Little does."""
        ...


class SocketTransport:
    """See ``Transport``; the socket does not block, and is closed when the connection is lost."""

    def __init__(self, loop: EventLoop, client: socket.socket, peer: object) -> None:
        self._loop = loop
        self._socket = client
        self._descriptor = client.fileno()
        self._peer = peer
        self._spoken: Spoken | None = None
        self._buffer = bytearray()
        self._hearing = False
        self._heard_all = False
        self._closing = False
        self._lost = False
        self._paused = False
        self._eof = False

    def start(self, spoken: Spoken) -> None:
        """Introduce the client, and hear it."""
        self._spoken = spoken
        spoken.connection_made(self)
        self.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """See ``Transport``."""
        return {"socket": self._socket, "peername": self._peer}.get(name, default)

    def is_closing(self) -> bool:
        """See ``Transport``."""
        return self._closing

    def get_write_buffer_size(self) -> int:
        """See ``Transport``."""
        return len(self._buffer)

    def pause_reading(self) -> None:
        """See ``Transport``."""
        self._hearing = False
        self._watch()

    def resume_reading(self) -> None:
        """See ``Transport``."""
        if not self._closing and not self._heard_all:
            self._hearing = True
            self._watch()

    def _watch(self) -> None:
        if not self._lost:
            events = (READABLE if self._hearing else 0) | (WRITABLE if self._buffer else 0)
            self._loop.watch(self._descriptor, events, self._handle)

    def _handle(self, events: int) -> None:
        # An error or a hang-up is for whoever waits: the call will tell.
        if self._hearing and events & ~WRITABLE:
            self._read()
        if self._buffer and events & ~READABLE and not self._lost:
            self._send()

    def _read(self) -> None:
        assert self._spoken is not None
        try:
            data = self._socket.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        try:
            if data:
                self._spoken.data_received(data)
                return
            stays = self._spoken.eof_received()
        except Exception as error:
            LOG.exception("a client's words could not be handled")
            self._lose(error)
            return
        self._heard_all = True
        self.pause_reading()
        if not stays:
            self.close()

    def write(self, data: bytes) -> None:
        """See ``Transport``."""
        if self._lost or self._eof or not data:
            return
        rest = memoryview(data)
        if not self._buffer:
            try:
                rest = rest[self._socket.send(rest) :]
            except (BlockingIOError, InterruptedError):
                pass
            except OSError as error:
                self._lose(error)
                return
        if rest:
            self._buffer += rest
            self._watch()
            if len(self._buffer) > MOST_BUFFERED and not self._paused and self._spoken:
                self._paused = True
                self._spoken.pause_writing()

    def _send(self) -> None:
        try:
            del self._buffer[: self._socket.send(self._buffer)]
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        if self._paused and len(self._buffer) <= LEAST_BUFFERED and self._spoken:
            self._paused = False
            self._spoken.resume_writing()
        if not self._buffer and not self._lost:
            self._watch()
            if self._closing:
                self._lose(None)
            elif self._eof:
                self._shut()

    def write_eof(self) -> None:
        """See ``Transport``."""
        if not self._eof and not self._closing:
            self._eof = True
            if not self._buffer:
                self._shut()

    def _shut(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            self._lose(error)

    def close(self) -> None:
        """See ``Transport``."""
        if not self._closing:
            self._closing = True
            self.pause_reading()
            if not self._buffer:
                self._lose(None)

    def abort(self) -> None:
        """See ``Transport``."""
        self._lose(None)

    def _lose(self, error: Exception | None) -> None:
        """Hear and say no more; the protocol is told soon, not in this call."""
        if self._lost:
            return
        self._closing = True
        self._buffer.clear()
        self.pause_reading()
        self._lost = True
        self._loop.call_soon(self._end, error)

    def _end(self, error: Exception | None) -> None:
        try:
            if self._spoken is not None:
                self._spoken.connection_lost(error)
        finally:
            self._socket.close()
            self._spoken = None
