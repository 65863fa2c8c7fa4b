"""Requests and answers, and an answer's bytes on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from exporter.page.negotiation import Form

GZIP = (("Content-Encoding", "gzip"),)


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


def page_response(page: bytes, form: Form) -> Response:
    """The answer that a page is, made in this form."""
    headers = GZIP if form.gzip else ()
    return Response(HTTPStatus.OK, page, form.exposition.content_type, headers)


# A handler that has to wait for its answer gives a future of it.
Handler = Callable[[Request], Response | asyncio.Future[Response]]


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
