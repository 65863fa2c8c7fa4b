"""The HTTP server: asyncio's event loop, httptools' parser, and limits on what a client may do."""

from __future__ import annotations

import asyncio
import html
import logging
import math
from collections import deque
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

import httptools

LOG = logging.getLogger(__name__)

LONGEST_URL = 8192
LONGEST_HEADERS = 16384
LARGEST_BODY = 65536
MOST_CONNECTIONS = 512
MOST_PIPELINED = 16
REQUEST_SECONDS = 10.0
IDLE_SECONDS = 300.0
SWEEP_SECONDS = 5.0


class Request(NamedTuple):
    """One request: method and path as the client wrote them, header names in small letters."""

    method: str
    path: str
    query: str
    headers: dict[str, str]


class Response(NamedTuple):
    """What is sent back."""

    status: HTTPStatus
    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


# A handler that has to wait for its answer gives a future of it.
Handler = Callable[[Request], Response | asyncio.Future[Response]]


class Routes:
    """Which path is answered by what; GET and HEAD only."""

    def __init__(self, handlers: dict[str, Handler]) -> None:
        self._handlers = handlers

    def answer(self, request: Request) -> Response | asyncio.Future[Response]:
        """The answer of the handler for the path, or the error that HTTP has for it."""
        handler = self._handlers.get(request.path)
        if handler is None:
            return Response(HTTPStatus.NOT_FOUND, b"not found\n")
        if request.method not in ("GET", "HEAD"):
            allow = (("Allow", "GET, HEAD"),)
            return Response(
                HTTPStatus.METHOD_NOT_ALLOWED, b"only GET and HEAD are allowed\n", headers=allow
            )
        return handler(request)


def landing_page(metrics_path: str, version: str) -> Response:
    """The page at ``/``: what this is, and where the metrics are."""
    path = html.escape(metrics_path)
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>PerfAnalysis exporter'
        "</title></head><body><h1>PerfAnalysis exporter</h1>"
        f"<p>Version {html.escape(version)}</p>"
        f'<ul><li><a href="{path}">Metrics</a></li><li><a href="/healthz">Health</a></li></ul>'
        "</body></html>\n"
    )
    return Response(HTTPStatus.OK, text.encode(), "text/html; charset=utf-8")


def render_response(response: Response, *, keep_alive: bool, head: bool) -> bytes:
    """The bytes of an answer in HTTP/1.1."""
    lines = [
        f"HTTP/1.1 {response.status.value} {response.status.phrase}",
        f"Content-Type: {response.content_type}",
        f"Content-Length: {len(response.body)}",
        *(f"{name}: {value}" for name, value in response.headers),
    ]
    if not keep_alive:
        lines.append("Connection: close")
    lines.append("\r\n")
    headers = "\r\n".join(lines).encode("latin-1")
    return headers if head else headers + response.body


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
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._answering = False
        self.deadline = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock for the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        del exc
        self._transport = None
        self._server.connections.pop(self, None)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what it cannot read ends the connection."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.refuse(HTTPStatus.BAD_REQUEST)
        except (httptools.HttpParserError, _TooLargeError) as error:
            cause = error if isinstance(error, _TooLargeError) else error.__context__
            status = cause.status if isinstance(cause, _TooLargeError) else HTTPStatus.BAD_REQUEST
            self.refuse(status)

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
        while self._waiting and self._transport is not None:
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

            response.add_done_callback(partial(later, asked=request, keep=keep_alive))
            return

    def _write(self, response: Response, request: Request, keep_alive: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self.deadline = self._server.now() + IDLE_SECONDS
        head = request.method == "HEAD"
        self._transport.write(render_response(response, keep_alive=keep_alive, head=head))
        if not keep_alive:
            self._transport.close()

    def refuse(self, status: HTTPStatus) -> None:
        """Answer with an error and end the connection."""
        if self._transport is not None and not self._transport.is_closing():
            response = Response(status, f"{status.phrase}\n".encode())
            self._transport.write(render_response(response, keep_alive=False, head=False))
            self._transport.close()

    def drop(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()


class _TooLargeError(Exception):
    """A request is beyond a limit."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


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

    def _sweep(self) -> None:
        """Drop connections whose time is over; come again as long as there are any."""
        now = self.now()
        for connection in [c for c in self.connections if c.deadline < now]:
            connection.drop()
        self._sweeping = bool(self.connections)
        if self._sweeping:
            self._loop.call_later(SWEEP_SECONDS, self._sweep)

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """Bind and listen.

        Raises:
            OSError: the address cannot be had.
        """
        return await self._loop.create_server(lambda: Connection(self), host, port, backlog=1024)
