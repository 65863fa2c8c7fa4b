"""Requests and answers, and an answer's bytes on the wire."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

from exporter.page.negotiation import Form
from exporter.serving.loop.event_loop import Future

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
GZIP = (("Content-Encoding", "gzip"),)


class Request(NamedTuple):
    """One request: its path decoded, header names in small letters, lines of a name joined.

    ``peer`` is who makes it, see ``exporter.serving.peers``.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    peer: str = ""


class Response(NamedTuple):
    """What is sent back."""

    status: HTTPStatus
    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


# No answer yet: the client may send the body that it holds back (RFC 9110, section 10.1.1).
CONTINUE = Response(HTTPStatus.CONTINUE, b"")


def page_response(page: bytes, form: Form) -> Response:
    """The answer that a page is, made in this form."""
    headers = GZIP if form.gzip else ()
    return Response(HTTPStatus.OK, page, form.exposition.content_type, headers)


# A handler that has to wait for its answer gives a future of it.
Handler = Callable[[Request], Response | Future[Response]]


@lru_cache(maxsize=1)
def http_date(seconds: int) -> str:
    """A Unix time as RFC 9110 has it (section 5.6.7); the locale has no say in it."""
    at = time.gmtime(seconds)
    day, month = _DAYS[at.tm_wday], _MONTHS[at.tm_mon - 1]
    clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    return f"{day}, {at.tm_mday:02} {month} {at.tm_year:04} {clock} GMT"


def render_response(
    response: Response, *, keep_alive: bool, head: bool, old: bool = False
) -> bytes:
    """The bytes of an answer in HTTP/1.1.

    Args:
        response: the answer.
        keep_alive: whether the connection goes on behind it.
        head: whether its body is left out.
        old: whether its client speaks HTTP/1.0, which has to be told that the connection goes on.
    """
    if response.status is HTTPStatus.CONTINUE:
        return b"HTTP/1.1 100 Continue\r\n\r\n"
    lines = [
        f"HTTP/1.1 {response.status.value} {response.status.phrase}",
        f"Date: {http_date(int(time.time()))}",
        f"Content-Type: {response.content_type}",
        f"Content-Length: {len(response.body)}",
        *(f"{name}: {value}" for name, value in response.headers),
    ]
    if not keep_alive:
        lines.append("Connection: close")
    elif old:
        lines.append("Connection: keep-alive")
    lines.append("\r\n")
    headers = "\r\n".join(lines).encode("latin-1")
    return headers if head else headers + response.body
