"""Serves the scraper's pages until a signal comes: routes, listening, the end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from http import HTTPStatus

from exporter.collecting import Flags
from exporter.rendering import TEXT
from exporter.scraping import Scraper
from exporter.web import Request, Response, Routes, Server, landing_page
from perfanalysis import __version__
from perfanalysis.errors import InputError, PerfAnalysisError

LOG = logging.getLogger("exporter")


def split_address(address: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``; no host means all addresses, brackets hold an IPv6 one.

    Raises:
        InputError: it is no such address.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise InputError("--web.listen-address", "", "HOST:PORT", address)
    return host.removeprefix("[").removesuffix("]"), int(port)


def make_routes(scraper: Scraper, metrics_path: str) -> Routes:
    """The exporter's paths."""

    def metrics(request: Request) -> Response:
        del request
        return Response(HTTPStatus.OK, scraper.scrape(TEXT), TEXT.content_type)

    landing = landing_page(metrics_path, __version__)
    healthy = Response(HTTPStatus.OK, b"ok\n")
    handlers: dict[str, Callable[[Request], Response]] = {
        "/": lambda _: landing,
        "/healthz": lambda _: healthy,
        metrics_path: metrics,
    }
    return Routes(handlers)


async def serve(routes: Routes, address: str) -> None:
    """Listen until SIGTERM or SIGINT.

    Raises:
        InputError: the address is malformed.
        PerfAnalysisError: it cannot be listened on.
    """
    host, port = split_address(address)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(routes)
    try:
        listener = await server.listen(host, port)
    except OSError as error:
        raise PerfAnalysisError(f"cannot listen on {address}: {error.strerror}") from error
    for listening in listener.sockets:
        name, number = listening.getsockname()[:2]
        shown = f"[{name}]" if ":" in name else name
        LOG.info("listening on http://%s:%d", shown, number)
    # What is alive now stays alive; the collector need not look at it again.
    gc.collect()
    gc.freeze()
    await stop.wait()
    listener.close()
    for connection in list(server.connections):
        connection.drop()
    LOG.info("stopped")


def run(scraper: Scraper, flags: Flags) -> None:
    """Serve with the flags ``web.*`` until SIGTERM or SIGINT; see ``serve`` for what is raised."""
    routes = make_routes(scraper, flags["web_telemetry_path"])
    asyncio.run(serve(routes, flags["web_listen_address"]))
