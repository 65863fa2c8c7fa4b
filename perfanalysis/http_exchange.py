"""One HTTP request and its whole answer: within a time limit, a size limit, and no redirects.

For small documents that the exporter asks for. ``http.client`` costs a process 5 MB of resident
memory and limits each wait, not the whole answer, so a server that sends a byte a second holds it
for hours. The parser here is llhttp (httptools), which the exporter has anyway; TLS is loaded when
a URL needs it. Proxies of the environment are not used: metadata services must not go through one.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import SplitResult, urlsplit

import httptools

from perfanalysis import __version__
from perfanalysis.unreached import explained

if TYPE_CHECKING:
    import ssl

LARGEST_HEADERS = 16384
_PORTS = {"http": 80, "https": 443}


class ExchangeError(Exception):
    """There is no usable answer; the text says why and holds neither headers nor query."""


class Answer(NamedTuple):
    """Status, headers with names in small letters, and the whole body."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Stream(Protocol):
    def settimeout(self, value: float | None, /) -> None: ...
    def sendall(self, data: bytes, /) -> None: ...
    def recv(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


def split_url(url: str) -> SplitResult:
    """The parts of an absolute HTTP URL.

    Raises:
        ValueError: it is none; or it holds user and password, which would end up in logs.
    """
    try:
        parts = urlsplit(url)
        usable = parts.port != 0
    except ValueError:
        # Brackets that do not meet, or a port that is none.
        raise ValueError("an absolute URL with a host and a port from 1 to 65535") from None
    if not usable or parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("an absolute URL, http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL without user and password")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("a URL of printable ASCII characters")
    return parts


class _Message:
    """Takes an answer in from the parser."""

    def __init__(self, largest: int) -> None:
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.headed = False
        self.complete = False
        self.has_length = False
        self._largest = largest
        self._header_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > LARGEST_HEADERS:
            raise ExchangeError("the answer's headers are too large")
        key = name.decode("latin-1").lower()
        self.headers[key] = value.decode("latin-1")
        self.has_length |= key in ("content-length", "transfer-encoding")

    def on_headers_complete(self) -> None:
        self.headed = True

    def on_body(self, data: bytes) -> None:
        self.body += data
        if len(self.body) > self._largest:
            raise ExchangeError(f"the answer is larger than {self._largest} bytes")

    def on_message_complete(self) -> None:
        self.complete = True


def exchange(  # noqa: PLR0913 - an HTTP request has these
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    until: float,
    largest: int,
    tls_context: Callable[[], ssl.SSLContext] | None = None,
    server_name: str = "",
    socket_path: str = "",
    body: bytes = b"",
) -> Answer:
    """Send one request on a connection of its own, and read the whole answer.

    Args:
        method: GET, PUT or POST.
        url: as ``split_url`` takes it.
        headers: beside Host, User-Agent and Connection; names and values of printable ASCII.
        until: the end of the patience, by ``time.monotonic``. Only the resolution of a name has
            the system's own limit.
        largest: bytes that the body may have.
        tls_context: for https: makes what holds trust and client certificate, and may raise
            OSError; None: whom the system trusts, and none.
        server_name: for https: whom the certificate must be of; "": the URL's host.
        socket_path: a unix socket to connect to, instead of the URL's host and port.
        body: what is sent; with GET nothing.

    Raises:
        ExchangeError: no connection, no HTTP, too slow, too large.
        ValueError: the URL is unusable.
    """
    parts = split_url(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    shown = {"Host": parts.netloc, "User-Agent": f"perfanalysis/{__version__}"}
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{k}: {v}" for k, v in {**shown, **headers, "Connection": "close"}.items()]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    request = "\r\n".join([*lines, "", ""]).encode("ascii") + body
    try:
        plain = _connect(parts, until, socket_path)
        named = server_name or parts.hostname or ""
        secure = parts.scheme == "https"
        stream = _secured(plain, named, until, tls_context) if secure else plain
        with contextlib.closing(stream):
            stream.settimeout(_remaining(until))
            stream.sendall(request)
            return _read(stream, until, largest)
    except TimeoutError:
        raise ExchangeError("no whole answer in time") from None
    except OSError as error:
        raise ExchangeError(explained(error)) from None


def _remaining(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connect(parts: SplitResult, until: float, socket_path: str) -> socket.socket:
    if not socket_path:
        address = (parts.hostname or "", parts.port or _PORTS[parts.scheme])
        return socket.create_connection(address, timeout=_remaining(until))
    plain = socket.socket(socket.AF_UNIX)
    try:
        plain.settimeout(_remaining(until))
        plain.connect(socket_path)
    except BaseException:
        plain.close()
        raise
    return plain


def _secured(
    plain: socket.socket,
    server_name: str,
    until: float,
    tls_context: Callable[[], ssl.SSLContext] | None,
) -> _Stream:
    try:
        # 4 MB of resident memory that only those need who ask over TLS.
        import ssl

        context = (tls_context or ssl.create_default_context)()
        plain.settimeout(_remaining(until))
        secured: _Stream = context.wrap_socket(plain, server_hostname=server_name)
    except BaseException:
        plain.close()
        raise
    return secured


def _read(stream: _Stream, until: float, largest: int) -> Answer:
    message = _Message(largest)
    parser = httptools.HttpResponseParser(message)
    received = 0
    while not message.complete:
        stream.settimeout(_remaining(until))
        data = stream.recv(65536)
        received += len(data)
        # Chunks of one byte each, or endless headers that the parser holds back.
        if received > 8 * largest + 2 * LARGEST_HEADERS:
            raise ExchangeError("the answer is too large")
        if not data:
            # Without a length, the end of the connection is the end of the body.
            if message.headed and not message.has_length:
                break
            raise ExchangeError("the answer ended early")
        try:
            parser.feed_data(data)
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, ExchangeError):
                raise error.__context__ from None
            # What comes behind a whole answer is nobody's.
            if not message.complete:
                raise ExchangeError("the answer is no HTTP") from None
    return Answer(parser.get_status_code(), message.headers, bytes(message.body))
