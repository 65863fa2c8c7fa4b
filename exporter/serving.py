"""Serves the scraper's pages until a signal comes: routes, listening, the end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
from http import HTTPStatus
from urllib.parse import parse_qs

from exporter.collecting import Flags
from exporter.rendering import TEXT
from exporter.running import ScrapeRunner
from exporter.scraping import Scraper, SelectionError
from exporter.web.messages import Handler, Request, Response
from exporter.web.routes import Routes, landing_page
from exporter.web.server import Server
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


class MetricsHandler:
    """Answers ``/metrics`` with pages that the runner makes in its own thread."""

    def __init__(self, scraper: Scraper, runner: ScrapeRunner) -> None:
        self._scraper = scraper
        self._runner = runner
        self._loop = asyncio.get_running_loop()
        self._watching = False

    def __call__(self, request: Request) -> Response | asyncio.Future[Response]:
        """The page, later; or at once the error of a wrong ``collect[]`` or ``exclude[]``."""
        names = self._scraper.names
        if request.query:
            wanted = parse_qs(request.query)
            try:
                names = self._scraper.select(
                    wanted.get("collect[]", ()), wanted.get("exclude[]", ())
                )
            except SelectionError as error:
                return Response(HTTPStatus.BAD_REQUEST, f"{error}\n".encode())
        exposition = TEXT
        future: asyncio.Future[Response] = self._loop.create_future()

        def finish(page: bytes) -> None:
            if not future.done():
                future.set_result(Response(HTTPStatus.OK, page, exposition.content_type))

        def deliver(page: bytes) -> None:
            # The loop is closed when the process ends during a scrape.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(finish, page)

        self._runner.request(exposition, names, deliver)
        if not self._watching:
            self._watching = True
            self._loop.call_later(self._runner.limit, self._watch)
        return future

    def _watch(self) -> None:
        """Look after the runner as long as it is busy; this is no work at each scrape."""
        self._runner.check()
        self._watching = self._runner.busy
        if self._watching:
            self._loop.call_later(self._runner.limit / 4, self._watch)


def make_routes(handler: Handler, metrics_path: str) -> Routes:
    """The exporter's paths."""
    landing = landing_page(metrics_path, __version__)
    healthy = Response(HTTPStatus.OK, b"ok\n")
    handlers: dict[str, Handler] = {
        "/": lambda _: landing,
        "/healthz": lambda _: healthy,
        metrics_path: handler,
    }
    return Routes(handlers)


async def serve(scraper: Scraper, flags: Flags) -> None:
    """Listen until SIGTERM or SIGINT.

    Raises:
        InputError: the address is malformed.
        PerfAnalysisError: it cannot be listened on.
    """
    address = flags["web_listen_address"]
    host, port = split_address(address)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = ScrapeRunner(scraper, flags["collector_timeout"])
    handler = MetricsHandler(scraper, runner)
    server = Server(make_routes(handler, flags["web_telemetry_path"]))
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
    runner.stop()
    LOG.info("stopped")


def run(scraper: Scraper, flags: Flags) -> None:
    """Serve with the flags ``web.*`` until SIGTERM or SIGINT; see ``serve`` for what is raised."""
    asyncio.run(serve(scraper, flags))
