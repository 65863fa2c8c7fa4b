"""One client's connection: its requests in turn, each with one answer."""

from __future__ import annotations

import contextlib
import math
from collections import deque
from functools import partial
from http import HTTPStatus

from exporter.serving.keep_alive import IDLE_SECONDS, LentConnection
from exporter.serving.loop.event_loop import Future
from exporter.serving.loop.transport import Transport
from exporter.serving.messages import Request, Response, render_response
from exporter.serving.peers import peer_of
from exporter.serving.request_reader import InTurn, RequestReader
from exporter.serving.server import REQUEST_SECONDS, Server
from exporter.serving.unread import MOST_UNREAD, narrow, unread

MOST_PIPELINED = 16
DRAIN_SECONDS = 30.0
# Bytes that are read at once where requests come faster than answers can go: some twenty requests.
_PIECE = 1024


class Connection:
    """One client: its requests are answered in order, each once.

    What was asked waits in a queue, which ``_take`` alone fills and ``_answer_next`` alone empties.
    Where it is full, nothing more is read.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._reader = RequestReader(self._take, self._begun)
        self._transport: Transport | None = None
        # The last request when it came as a whole, and whether the one before was the same.
        self._whole = b""
        self._repeated = False
        self._lent = -1
        # What is still to be answered.
        self._waiting: deque[InTurn] = deque()
        # What has come and is not read yet, as too much waits.
        self._held = b""
        # Whether there is nothing to go on with behind what was asked last.
        self._last = False
        self._answering = False
        self._paused = False
        self._ended = False
        self.deadline = 0.0

    def connection_made(self, transport: Transport) -> None:
        """Start the clock for the first request."""
        self._transport = transport
        self._reader.peer = peer_of(transport.get_extra_info("peername"))
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        del exc
        self._take_back()
        self._transport = None
        self._server.closed(self)

    def eof_received(self) -> bool:
        """The client will say no more; it still gets the page that it waits for.

        TLS has no such half-open connections.
        """
        self._ended = True
        plain = self._transport is None or self._transport.get_extra_info("sslcontext") is None
        return plain and (self._answering or bool(self._waiting))

    def pause_writing(self) -> None:
        """The client takes its answers slowly: ask no more of it, and not for ever."""
        self._paused = True
        self.deadline = self._server.now() + DRAIN_SECONDS
        self._hear_or_not()

    def resume_writing(self) -> None:
        """The client has taken its answers."""
        self._paused = False
        if self._transport is None or self._transport.is_closing():
            return
        self.deadline = self._server.now() + IDLE_SECONDS
        # Not in this call, which is amid the sending.
        self._server.loop.call_soon(self._go_on_writing)

    def _go_on_writing(self) -> None:
        if self._transport is None or self._transport.is_closing() or self._paused:
            return
        if not self._answering:
            self._proceed()
        self._hear_or_not()

    def _hear_or_not(self) -> None:
        """Hear the client only where what it says can be taken."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._paused or self._held:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Read requests, until there is nothing to go on with, or too much waits."""
        if self._held:
            self._held += data
            return
        self._read(data)
        if self._held:
            self._hear_or_not()

    def _read(self, data: bytes) -> None:
        begins, before = self._reader.between, self._reader.completed
        rest = memoryview(data)
        while rest and not self._last and len(self._waiting) < MOST_PIPELINED:
            rest = rest[self._reader.feed(rest[:_PIECE]) :]
        self._held = b"" if self._last else bytes(rest)
        one = begins and self._reader.between and self._reader.completed == before + 1
        whole = data if one and not self._held else b""
        self._repeated = bool(whole) and whole == self._whole
        self._whole = whole

    def _begun(self) -> None:
        if not self._answering:
            self.deadline = self._server.now() + REQUEST_SECONDS

    def _take(self, asked: InTurn) -> None:
        """The only way to an answer: what was asked has its turn, and nothing after the last."""
        if self._last or self._transport is None or self._transport.is_closing():
            return
        self._last = not asked.keep_alive
        self._waiting.append(asked)
        if not self._answering:
            self._answer_next()

    def _proceed(self) -> None:
        """Answer what waits and read what was held, as far as either goes."""
        self._answer_next()
        while self._held and not self._last and len(self._waiting) < MOST_PIPELINED:
            held, self._held = self._held, b""
            self._read(held)

    def _answer_next(self) -> None:
        """Answer what was asked, one after the other, as far as answers are there."""
        while self._waiting and self._transport is not None and not self._paused:
            asked = self._waiting.popleft()
            if isinstance(asked.what, Response):
                self._write(asked.what, asked)
                continue
            response = self._server.routes.answer(asked.what)
            if isinstance(response, Response):
                self._write(response, asked)
                continue
            self._answering = True
            self.deadline = math.inf
            response.add_done_callback(partial(self._made, asked=asked, request=asked.what))
            return

    def _made(self, future: Future[Response], asked: InTurn, request: Request) -> None:
        self._answering = False
        self._write(future.result(), asked)
        held = bool(self._held)
        self._proceed()
        if held:
            self._hear_or_not()
        if asked.keep_alive and not asked.old and self._repeated and not self._answering:
            self._lend(request)

    def _write(self, response: Response, asked: InTurn) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        # Behind the half of a request its time goes on.
        seconds = IDLE_SECONDS if self._reader.between else REQUEST_SECONDS
        self.deadline = self._server.now() + seconds
        head = isinstance(asked.what, Request) and asked.what.method == "HEAD"
        answer = render_response(response, keep_alive=asked.keep_alive, head=head, old=asked.old)
        descriptor = self._transport.get_extra_info("socket").fileno()
        if unread(descriptor) > MOST_UNREAD:
            narrow(descriptor)
        if response.status is not HTTPStatus.CONTINUE:
            self._server.audit.answered(response.status.value)
        # This may call pause_writing.
        self._transport.write(answer)
        if not asked.keep_alive or (self._ended and not self._waiting and not self._held):
            self._transport.close()

    def _lend(self, request: Request) -> None:
        """Lend the connection to who makes the pages when its client asks for nothing else."""
        transport, lending = self._transport, self._server.lending
        if transport is None or lending is None or transport.is_closing():
            return
        if self._paused or self._ended or self._held or not self._reader.between:
            return
        if transport.get_write_buffer_size():
            return
        wanted = lending.wanted(request)
        if wanted is None or transport.get_extra_info("sslcontext") is not None:
            return
        descriptor = transport.get_extra_info("socket").fileno()
        transport.pause_reading()
        if lending.connections.lend(LentConnection(self, descriptor, self._whole, wanted)):
            self._lent = descriptor
        else:
            transport.resume_reading()

    @property
    def lent(self) -> bool:
        """See ``ClientConnection.lent`` in ``exporter/serving/server.py``."""
        return self._lent >= 0

    def give_back(self, heard: bytes, unsent: bytes) -> None:
        """See ``Lendable.give_back`` in ``exporter/serving/keep_alive.py``."""
        # The loop is closed when the process ends meanwhile.
        with contextlib.suppress(RuntimeError):
            self._server.loop.call_soon_threadsafe(self._go_on, heard, unsent)

    def _go_on(self, heard: bytes, unsent: bytes) -> None:
        self._lent = -1
        if self._transport is None or self._transport.is_closing():
            return
        self.deadline = self._server.now() + IDLE_SECONDS
        self._server.look_after()
        if unsent:
            # This may call pause_writing.
            self._transport.write(unsent)
        self._hear_or_not()
        if heard:
            self.data_received(heard)

    def _take_back(self) -> None:
        if self._lent >= 0 and self._server.lending is not None:
            self._server.lending.connections.take_back(self._lent)
            self._lent = -1

    def drop(self) -> None:
        """End the connection at once."""
        self._take_back()
        if self._transport is not None:
            self._transport.abort()
