"""One client's connection: httptools' parser, and limits on what a client may send."""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
from collections import deque
from functools import partial
from http import HTTPStatus

import httptools

from exporter.serving.keep_alive import IDLE_SECONDS, LentConnection
from exporter.serving.messages import Request, Response, render_response
from exporter.serving.server import REQUEST_SECONDS, Server

LONGEST_URL = 8192
LONGEST_HEADERS = 16384
LARGEST_BODY = 65536
LARGEST_REQUEST = LONGEST_URL + LONGEST_HEADERS + LARGEST_BODY
MOST_PIPELINED = 16
DRAIN_SECONDS = 30.0
# A request with a method that llhttp does not know (RFC 9110, section 9.1: any token is one).
_REQUEST_LINE = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+ [!-~]+ HTTP/1\.[01]\r?\n")


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
        # A request to upgrade whose body is still to come, and whether to go on behind it.
        self._headed: tuple[Request, bool] | None = None
        # What is still to be answered, a refusal being its own answer, and whether to go on behind.
        self._waiting: deque[tuple[Request | Response, bool]] = deque()
        # Whether there is nothing to go on with behind what was asked last.
        self._last = False
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
        """Feed the parser, until there is nothing to go on with."""
        begins = not self._fed
        self._fed += len(data)
        self._completed = 0
        rest = memoryview(data)
        while rest and not self._last:
            rest = rest[self._feed(rest) :]
        # The parser keeps a piece that has not ended, however long it is.
        if self._fed > LARGEST_REQUEST:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        whole = data if begins and self._completed == 1 and not self._fed else b""
        self._repeated = bool(whole) and whole == self._whole
        self._whole = whole

    def _feed(self, data: memoryview) -> int:
        """Feed the parser: how many bytes it took, all but those behind a request to upgrade."""
        before = self._completed
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # None is spoken here, so it is ignored, and HTTP/1.1 goes on (RFC 9110, section 7.8).
            if self._headed is not None:
                # httptools leaves out its body, but not that of a request that does not upgrade.
                self._parser = httptools.HttpRequestParser(self)
                head = f"POST / HTTP/1.1\r\n{self._framing()}\r\n\r\n"
                self._feed(memoryview(head.encode("latin-1")))
            return int(upgrade.args[0])
        except httptools.HttpParserInvalidMethodError:
            # The parser does not tell where it stopped: at the beginning, if it has read nothing.
            if self._completed == before and _REQUEST_LINE.match(data):
                self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, (("Allow", "GET, HEAD"),))
            else:
                self._refuse(HTTPStatus.BAD_REQUEST)
        except httptools.HttpParserError as error:
            cause = error.__context__
            status = cause.status if isinstance(cause, _TooLargeError) else HTTPStatus.BAD_REQUEST
            self._refuse(status)
        return len(data)

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
        if self._headed is None:
            asked = self._asked()
            upgrades = self._parser.should_upgrade() and asked[0].method != "CONNECT"
            if upgrades and self._framing():
                self._headed = asked
                return
        else:
            asked, self._headed = self._headed, None
        self._fed = 0
        self._completed += 1
        self._take(*asked)

    def _framing(self) -> str:
        """The header that says where the body ends, "" where there is none."""
        names = (name for name in ("transfer-encoding", "content-length") if name in self._headers)
        return next((f"{name}: {self._headers[name]}" for name in names), "")

    def _asked(self) -> tuple[Request, bool]:
        """The request that the parser has read, and whether to go on behind it."""
        path, _, query = self._url.partition(b"?")
        method = self._parser.get_method().decode("latin-1")
        request = Request(method, path.decode("latin-1"), query.decode("latin-1"), self._headers)
        # The parser leaves out the body of CONNECT: what comes behind it need not be a request.
        return request, self._parser.should_keep_alive() and method != "CONNECT"

    def _refuse(self, status: HTTPStatus, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """Answer what cannot be read with an error, behind all that was asked before."""
        self._take(Response(status, f"{status.phrase}\n".encode(), headers=headers), False)

    def _take(self, asked: Request | Response, keep_alive: bool) -> None:
        """The only way to an answer: what was asked has its turn, and nothing after the last."""
        if self._last or self._transport is None or self._transport.is_closing():
            return
        self._last = not keep_alive
        self._waiting.append((asked, keep_alive))
        if len(self._waiting) > MOST_PIPELINED:
            self.drop()
        elif not self._answering:
            self._answer_next()

    def _answer_next(self) -> None:
        """Answer what was asked, one after the other, as far as answers are there."""
        while self._waiting and self._transport is not None and not self._paused:
            asked, keep_alive = self._waiting.popleft()
            if isinstance(asked, Response):
                self._write(asked, keep_alive)
                continue
            response = self._server.routes.answer(asked)
            if isinstance(response, Response):
                self._write(response, keep_alive, asked.method)
                continue
            self._answering = True
            self.deadline = math.inf
            response.add_done_callback(partial(self._made, asked=asked, keep_alive=keep_alive))
            return

    def _made(self, future: asyncio.Future[Response], asked: Request, keep_alive: bool) -> None:
        """The answer that was waited for is there."""
        self._answering = False
        self._write(future.result(), keep_alive, asked.method)
        self._answer_next()
        if keep_alive and self._repeated and not self._answering:
            self._lend(asked)

    def _write(self, response: Response, keep_alive: bool, method: str = "") -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self.deadline = self._server.now() + IDLE_SECONDS
        answer = render_response(response, keep_alive=keep_alive, head=method == "HEAD")
        # This may call pause_writing.
        self._transport.write(answer)
        if not keep_alive or (self._ended and not self._waiting):
            self._transport.close()

    def _lend(self, request: Request) -> None:
        """Lend the connection to who makes the pages when its client asks for nothing else."""
        transport, lent_connections = self._transport, self._server.lent_connections
        if transport is None or lent_connections is None or transport.is_closing():
            return
        if self._paused or self._ended or self._fed or transport.get_write_buffer_size():
            return
        wanted = self._server.wanted(request)
        if wanted is None or transport.get_extra_info("sslcontext") is not None:
            return
        descriptor = transport.get_extra_info("socket").fileno()
        transport.pause_reading()
        if lent_connections.lend(LentConnection(self, descriptor, self._whole, wanted)):
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
        if not self._paused:
            self._transport.resume_reading()
        if heard:
            self.data_received(heard)

    def _take_back(self) -> None:
        if self._lent >= 0 and self._server.lent_connections is not None:
            self._server.lent_connections.take_back(self._lent)
            self._lent = -1

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
