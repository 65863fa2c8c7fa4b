"""One client's connection: httptools' parser, and limits on what a client may send."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from functools import partial
from http import HTTPStatus

import httptools

from exporter.serving.messages import Request, Response, render_response
from exporter.serving.regulars import IDLE_SECONDS, Regular
from exporter.serving.server import REQUEST_SECONDS, Server

LONGEST_URL = 8192
LONGEST_HEADERS = 16384
LARGEST_BODY = 65536
LARGEST_REQUEST = LONGEST_URL + LONGEST_HEADERS + LARGEST_BODY
MOST_PIPELINED = 16
DRAIN_SECONDS = 30.0


class Connection(asyncio.Protocol):
    """One client: parses its requests and answers them in order."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._headers: dict[str, str] = {}
        self._size = 0
        self._body = 0
        self._fed = 0
        self._completed = 0
        # The last request when it came as a whole, and whether the one before was the same.
        self._whole = b""
        self._repeated = False
        self._lent = -1
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._answering = False
        self._paused = False
        self._ended = False
        self.deadline = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock for the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
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
        return plain and self._answering

    def pause_writing(self) -> None:
        """The client takes its answers slowly: ask no more of it, and not for ever."""
        self._paused = True
        self.deadline = self._server.now() + DRAIN_SECONDS
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has taken its answers."""
        self._paused = False
        if self._transport is None or self._transport.is_closing():
            return
        self.deadline = self._server.now() + IDLE_SECONDS
        self._transport.resume_reading()
        if not self._answering:
            self._answer_next()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what it cannot read ends the connection."""
        begins = not self._fed
        self._fed += len(data)
        self._completed = 0
        try:
            self._parser.feed_data(data)
            # The parser keeps a piece that has not ended, however long it is.
            if self._fed > LARGEST_REQUEST:
                self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except httptools.HttpParserUpgrade:
            self.refuse(HTTPStatus.BAD_REQUEST)
        except (httptools.HttpParserError, _TooLargeError) as error:
            cause = error if isinstance(error, _TooLargeError) else error.__context__
            status = cause.status if isinstance(cause, _TooLargeError) else HTTPStatus.BAD_REQUEST
            self.refuse(status)
        whole = data if begins and self._completed == 1 and not self._fed else b""
        self._repeated = bool(whole) and whole == self._whole
        self._whole = whole

    def on_message_begin(self) -> None:
        """Of httptools: a request begins."""
        self._url = b""
        self._headers = {}
        self._size = 0
        self._body = 0
        if not self._answering:
            self.deadline = self._server.now() + REQUEST_SECONDS

    def on_url(self, url: bytes) -> None:
        """Of httptools: a piece of the URL."""
        self._url += url
        if len(self._url) > LONGEST_URL:
            raise _TooLargeError(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Of httptools: a header."""
        self._size += len(name) + len(value)
        if self._size > LONGEST_HEADERS:
            raise _TooLargeError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Of httptools: a piece of the body, which nothing here reads."""
        self._body += len(body)
        if self._body > LARGEST_BODY:
            raise _TooLargeError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_complete(self) -> None:
        """Of httptools: the request is complete."""
        if self._transport is None or self._transport.is_closing():
            return
        self._fed = 0
        self._completed += 1
        path, _, query = self._url.partition(b"?")
        method = self._parser.get_method().decode("latin-1")
        request = Request(method, path.decode("latin-1"), query.decode("latin-1"), self._headers)
        keep_alive = self._parser.should_keep_alive()
        self._waiting.append((request, keep_alive))
        if len(self._waiting) > MOST_PIPELINED:
            self.drop()
        elif not self._answering:
            self._answer_next()

    def _answer_next(self) -> None:
        """Answer what was asked, one after the other, as far as answers are there."""
        while self._waiting and self._transport is not None and not self._paused:
            request, keep_alive = self._waiting.popleft()
            response = self._server.routes.answer(request)
            if isinstance(response, Response):
                self._write(response, request, keep_alive)
                continue
            self._answering = True
            self.deadline = math.inf

            def later(future: asyncio.Future[Response], asked: Request, keep: bool) -> None:
                self._answering = False
                self._write(future.result(), asked, keep)
                self._answer_next()
                if keep and self._repeated and not self._answering:
                    self._lend(asked)

            response.add_done_callback(partial(later, asked=request, keep=keep_alive))
            return

    def _write(self, response: Response, request: Request, keep_alive: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self.deadline = self._server.now() + IDLE_SECONDS
        head = request.method == "HEAD"
        # This may call pause_writing.
        self._transport.write(render_response(response, keep_alive=keep_alive, head=head))
        if not keep_alive or (self._ended and not self._waiting):
            self._transport.close()

    def _lend(self, request: Request) -> None:
        """Lend the connection to who makes the pages when its client asks for nothing else."""
        transport, regulars = self._transport, self._server.regulars
        if transport is None or regulars is None or transport.is_closing():
            return
        if self._paused or self._ended or self._fed or transport.get_write_buffer_size():
            return
        wanted = self._server.wanted(request)
        if wanted is None or transport.get_extra_info("sslcontext") is not None:
            return
        descriptor = transport.get_extra_info("socket").fileno()
        transport.pause_reading()
        if regulars.lend(Regular(self, descriptor, self._whole, wanted)):
            self._lent = descriptor
        else:
            transport.resume_reading()

    @property
    def lent(self) -> bool:
        """See ``Client.lent`` in ``exporter/serving/server.py``."""
        return self._lent >= 0

    def give_back(self, heard: bytes, unsent: bytes) -> None:
        """See ``Client.give_back`` in ``exporter/serving/regulars.py``."""
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
        if not self._paused:
            self._transport.resume_reading()
        if heard:
            self.data_received(heard)

    def _take_back(self) -> None:
        if self._lent >= 0 and self._server.regulars is not None:
            self._server.regulars.take_back(self._lent)
            self._lent = -1

    def refuse(self, status: HTTPStatus) -> None:
        """Answer with an error and end the connection."""
        if self._transport is not None and not self._transport.is_closing():
            response = Response(status, f"{status.phrase}\n".encode())
            self._transport.write(render_response(response, keep_alive=False, head=False))
            self._transport.close()

    def drop(self) -> None:
        """End the connection at once."""
        self._take_back()
        if self._transport is not None:
            self._transport.abort()


class _TooLargeError(Exception):
    """A request is beyond a limit."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status
