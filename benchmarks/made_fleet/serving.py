"""The web server of a made fleet: a machine by the address that it is asked at.

Every address of 127.0.0.0/8 is this machine's own on Linux, so one listening socket is as many
targets as there are: ``127.1.0.0`` is the first machine, ``127.1.0.1`` the second.
"""

from __future__ import annotations

import asyncio
import time
from ipaddress import IPv4Address

from benchmarks.made_fleet.pages import MadeFleet

FIRST = int(IPv4Address("127.1.0.0"))
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
    b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
)
_REFUSED = b"HTTP/1.1 406 Not Acceptable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_LONGEST = 65_536


def address_of(number: int) -> str:
    """The address of a machine."""
    return str(IPv4Address(FIRST + number))


class _Answering(asyncio.Protocol):
    """One connection of a scraper: each request is answered with the page of the moment."""

    def __init__(self, fleet: MadeFleet) -> None:
        self._fleet = fleet
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        here, there = (transport.get_extra_info(name)[0] for name in ("sockname", "peername"))
        self._number = int(IPv4Address(here)) - FIRST
        # It listens at all addresses, and is nobody's business but this machine's.
        known = 0 <= self._number < len(self._fleet.machines)
        if not known or not IPv4Address(there).is_loopback:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._got += data
        while not self._transport.is_closing() and (end := self._got.find(b"\r\n\r\n")) >= 0:
            request, self._got = self._got[:end], self._got[end + 4 :]
            self._answer(request)
        if len(self._got) > _LONGEST:
            self._transport.abort()

    def _answer(self, request: bytes) -> None:
        if b"gzip" not in request:
            self._transport.write(_REFUSED)
            self._transport.close()
            return
        page = self._fleet.page(self._number, time.time())
        self._transport.write(_HEAD % len(page) + page)


async def serve(fleet: MadeFleet, port: int) -> None:
    """Answer scrapes until cancelled.

    Raises:
        OSError: something else listens at the port.
    """
    loop = asyncio.get_running_loop()
    everywhere = "0.0.0.0"  # noqa: S104 - a range cannot be bound to; strangers are sent away
    server = await loop.create_server(lambda: _Answering(fleet), everywhere, port, backlog=4096)
    async with server:
        await server.serve_forever()
