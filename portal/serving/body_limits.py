"""How large, how slow and how packed a body may be; beyond that the answer is a 4xx.

A body is read when an endpoint asks for it, so that who has no key sends nothing that is kept.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 8 << 20
BODY_SECONDS = 30.0
_CLOSE = {"Connection": "close"}


class BodyLimits:
    """An ASGI application around another one.

    Args:
        app: the other one.
        most_bytes: of a body, unpacked.
        seconds: from the first look at a body to its end.
    """

    def __init__(
        self, app: ASGIApp, most_bytes: int = MOST_BYTES, seconds: float = BODY_SECONDS
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Of ASGI."""
        if scope["type"] == "http":
            receive = _Body(scope, receive, self._most_bytes, self._seconds).receive
        await self._app(scope, receive, send)


class _Body:
    def __init__(self, scope: Scope, receive: Receive, most: int, seconds: float) -> None:
        headers = dict(scope["headers"])
        self._declared = headers.get(b"content-length", b"")
        self._coding = headers.get(b"content-encoding", b"").strip().lower()
        self._receive = receive
        self._most = most
        self._seconds = seconds
        self._until: float | None = None
        self._read = 0
        self._done = False
        self._inflater: Any = None

    async def receive(self) -> Message:
        """The next piece.

        Raises:
            HTTPException: it is too large (413), too slow (408) or cannot be unpacked (400, 415).
        """
        if self._done:
            return await self._receive()
        self._begin()
        assert self._until is not None
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            said = f"the body took longer than {self._seconds:g} seconds"
            raise HTTPException(408, said, _CLOSE) from error
        if message["type"] != "http.request":
            return message
        last = not message.get("more_body", False)
        data = self._unpacked(message.get("body", b""), last=last)
        self._read += len(data)
        if self._read > self._most:
            raise self._too_large()
        self._done = last
        return {"type": "http.request", "body": data, "more_body": not last}

    def _begin(self) -> None:
        if self._until is not None:
            return
        self._until = asyncio.get_running_loop().time() + self._seconds
        if self._declared.isdigit() and int(self._declared[:20]) > self._most:
            raise self._too_large()
        if self._coding == b"gzip":
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif self._coding not in {b"", b"identity"}:
            raise HTTPException(415, "a body may be packed by gzip, or not at all", _CLOSE)

    def _unpacked(self, data: bytes, *, last: bool) -> bytes:
        if self._inflater is None:
            return data
        try:
            # One byte more than may be tells that there is more.
            found: bytes = self._inflater.decompress(data, self._most - self._read + 1)
        except zlib.error as error:
            raise HTTPException(400, "the body is not what gzip makes", _CLOSE) from error
        over = last and not self._inflater.eof and len(found) + self._read <= self._most
        if over or self._inflater.unused_data:
            raise HTTPException(400, "the body is not what gzip makes", _CLOSE)
        return found

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"a body may have {self._most} bytes, unpacked", _CLOSE)
