"""What a client says, made into requests: httptools' parser, and limits on what it may send.

What HTTP has to be refused is refused here, as an answer that ends the connection: so each request,
good or bad, is handed over once, in its turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

import httptools

from exporter.serving.messages import CONTINUE, Request, Response
from exporter.serving.targets import read_target

LONGEST_URL = 8192
LONGEST_HEADERS = 16384
LARGEST_BODY = 65536
LARGEST_REQUEST = LONGEST_URL + LONGEST_HEADERS + LARGEST_BODY
# A request with a method that llhttp does not know (RFC 9110, section 9.1: any token is one).
_REQUEST_LINE = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+ [!-~]+ HTTP/1\.[01]\r?\n")
# What may become one when more comes.
_BEGUN_LINE = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+( [!-~]*( [HTP/1.0]{0,8}\r?)?)?")
# What may stand in Host: a name or an address, and a port. Two lines are joined by a space.
_HOST = re.compile(r"[-A-Za-z0-9!$%&'()*+,.:;=@\[\]_~]*")
_VERSION = "1.1"
_OLD_VERSION = "1.0"


class InTurn(NamedTuple):
    """A request, or the answer to what is none; whether to go on behind it, and whether its client
    speaks HTTP/1.0."""

    what: Request | Response
    keep_alive: bool
    old: bool = False


class RequestReader:
    """Reads the requests of one connection.

    Args:
        take: gets each request when it is complete. Behind one that ends the connection come none.
        begun: is called when a request begins.
    """

    def __init__(self, take: Callable[[InTurn], None], begun: Callable[[], None]) -> None:
        self._take = take
        self._begun = begun
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: dict[str, str] = {}
        self._in_head = True
        self._size = 0
        self._body = 0
        self._fed = 0
        # Of a request whose method the parser does not know, the line as far as it has come.
        self._line = b""
        # A request to upgrade whose body is still to come.
        self._headed: InTurn | None = None
        # Who is said to make them.
        self.peer = ""
        # How many requests have been read, and whether nothing of another has come.
        self.completed = 0
        self.between = True

    def feed(self, data: memoryview) -> int:
        """Read some bytes: how many were read, all but those behind a request to upgrade."""
        before = self.completed
        self._fed += len(data)
        taken = len(data)
        if self._line:
            self._judge(self._line + data)
            return taken
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            taken = int(upgrade.args[0])
            # None is spoken here, so it is ignored, and HTTP/1.1 goes on (RFC 9110, section 7.8).
            if self._headed is not None:
                # httptools leaves out its body, but not that of a request that does not upgrade.
                self._parser = httptools.HttpRequestParser(self)
                head = f"POST / HTTP/1.1\r\n{self._framing()}\r\n\r\n"
                self.feed(memoryview(head.encode("latin-1")))
        except httptools.HttpParserInvalidMethodError:
            # The parser does not tell where it stopped: at the beginning, if it has read nothing.
            if self.completed == before:
                self._judge(bytes(data))
            else:
                self._refuse(HTTPStatus.BAD_REQUEST)
        except httptools.HttpParserError as error:
            cause = error.__context__
            if isinstance(cause, _RefusedError):
                self._refuse(cause.status, cause.why)
            else:
                self._refuse(HTTPStatus.BAD_REQUEST)
        # The parser keeps a piece that has not ended, however long it is.
        if self._fed > LARGEST_REQUEST:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        return taken

    def on_message_begin(self) -> None:
        """Of httptools: a request begins."""
        self.between = False
        if self._headed is not None:
            return
        self._url = b""
        self._headers = {}
        self._in_head = True
        self._size = 0
        self._body = 0
        self._begun()

    def on_url(self, url: bytes) -> None:
        """Of httptools: a piece of the URL."""
        self._url += url
        if len(self._url) > LONGEST_URL:
            raise _RefusedError(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Of httptools: a header. Several of a name are one list (RFC 9110, section 5.3)."""
        self._size += len(name) + len(value)
        if self._size > LONGEST_HEADERS:
            raise _RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not self._in_head:
            # What stands behind a body must not change what was before it.
            return
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        before = self._headers.get(key)
        self._headers[key] = text if before is None else f"{before}, {text}"

    def on_headers_complete(self) -> None:
        """Of httptools: the headers are complete; a client may wait for a word to send the body."""
        if self._headed is not None:
            return
        self._in_head = False
        self._check_version()
        expected = self._headers.get("expect", "").lower()
        if expected not in ("", "100-continue"):
            raise _RefusedError(HTTPStatus.EXPECTATION_FAILED, "only 100-continue is met")
        # Longer numbers than Python converts are too long, too.
        length = self._headers.get("content-length", "0")
        if length.isdigit() and (len(length) > 9 or int(length) > LARGEST_BODY):
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        awaited = "transfer-encoding" in self._headers or length.strip("0")
        if expected and awaited and self._parser.get_http_version() == _VERSION:
            self._take(InTurn(CONTINUE, keep_alive=True))

    def _check_version(self) -> None:
        """Refuse what a version of HTTP must not have (RFC 9112, sections 2.3, 3.2 and 6.1)."""
        version = self._parser.get_http_version()
        host = self._headers.get("host")
        if version not in (_VERSION, _OLD_VERSION):
            if version == "0.9":
                raise _RefusedError(HTTPStatus.BAD_REQUEST, "the request line has no version")
            raise _RefusedError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        if host is None and version == _VERSION:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "missing required Host header")
        if host is not None and not _HOST.fullmatch(host):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "more than one Host, or a malformed one")
        coding = self._headers.get("transfer-encoding")
        if coding is not None and version == _OLD_VERSION:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding")
        if coding is not None and coding.lower() != "chunked":
            raise _RefusedError(HTTPStatus.NOT_IMPLEMENTED, "only chunked is known")

    def on_body(self, body: bytes) -> None:
        """Of httptools: a piece of the body, which nothing here reads."""
        self._body += len(body)
        if self._body > LARGEST_BODY:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_complete(self) -> None:
        """Of httptools: the request is complete."""
        if self._headed is None:
            asked = self._asked()
            connects = isinstance(asked.what, Request) and asked.what.method == "CONNECT"
            if self._parser.should_upgrade() and not connects and self._framing():
                self._headed = asked
                return
        else:
            asked, self._headed = self._headed, None
        self._fed = 0
        self.between = True
        self.completed += 1
        self._take(asked)

    def _framing(self) -> str:
        """The header that says where the body ends, "" where there is none."""
        names = (name for name in ("transfer-encoding", "content-length") if name in self._headers)
        return next((f"{name}: {self._headers[name]}" for name in names), "")

    def _asked(self) -> InTurn:
        """The request that the parser has read."""
        method = self._parser.get_method().decode("latin-1")
        try:
            path, query = read_target(method, self._url)
        except ValueError as error:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error
        old = self._parser.get_http_version() == _OLD_VERSION
        # The parser leaves out the body of CONNECT: what comes behind it need not be a request.
        keep_alive = self._parser.should_keep_alive() and method != "CONNECT"
        return InTurn(Request(method, path, query, self._headers, self.peer), keep_alive, old)

    def _judge(self, line: bytes) -> None:
        """Refuse a request whose method is unknown by its line, or wait for the rest of that."""
        if len(line) <= LONGEST_URL and _BEGUN_LINE.fullmatch(line):
            self._line = line
        elif _REQUEST_LINE.match(line):
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "GET, HEAD"),))
        else:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _refuse(
        self, status: HTTPStatus, why: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Answer what cannot be read with an error, behind all that was asked before."""
        text = f"{status.phrase}: {why}\n" if why else f"{status.phrase}\n"
        self._take(InTurn(Response(status, text.encode(), headers=headers), keep_alive=False))


class _RefusedError(Exception):
    """A request is beyond a limit, or what HTTP has to be refused."""

    def __init__(self, status: HTTPStatus, why: str = "") -> None:
        super().__init__(status.phrase)
        self.status = status
        self.why = why
