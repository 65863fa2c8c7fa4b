"""Serves the scraper's pages until a signal comes: routes, listening, the end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from exporter.collecting import Flags
from exporter.native._numbers import lib
from exporter.page.running import ScrapeRunner
from exporter.page.scraping import Scraper
from exporter.page.wanted import Wanted
from exporter.serving.audit import Audit
from exporter.serving.connection import Connection
from exporter.serving.keep_alive import LentConnections
from exporter.serving.landing import CollectorCost, Costs, landing_page
from exporter.serving.listening import Listening, listen_on, shown_address
from exporter.serving.messages import Handler, Request, Response
from exporter.serving.pages import MetricsHandler
from exporter.serving.reloading import LIFECYCLE, Reloader
from exporter.serving.reloading import PATH as RELOAD_PATH
from exporter.serving.routes import Routes
from exporter.serving.server import Server
from exporter.serving.systemd import notify, take_passed
from perfanalysis import __version__

if TYPE_CHECKING:
    from exporter.serving.watching import WatchedConfiguration

LOG = logging.getLogger("exporter")

# Connections that are lent at once; also for who allows more requests than that.
MOST_LENT = 64

# Makes what speaks to a new client first.
Begin = Callable[[], asyncio.Protocol]


class Background(Protocol):
    """What works beside the server, with the same pages: push mode."""

    def start(self, runner: ScrapeRunner, names: tuple[str, ...]) -> None:
        """Begin; the runner makes the pages, and the collectors of these names run."""
        ...

    def stop(self) -> None:
        """End."""
        ...


def reload_handler(reloader: Reloader) -> Handler:
    """Answers a reload when it is done: 200, or 500 and why the old configuration stays."""
    loop = asyncio.get_running_loop()

    def handle(_: Request) -> asyncio.Future[Response]:
        future: asyncio.Future[Response] = loop.create_future()

        def finish(complaint: str) -> None:
            status = HTTPStatus.INTERNAL_SERVER_ERROR if complaint else HTTPStatus.OK
            text = f"failed to reload: {complaint}\n" if complaint else ""
            if not future.done():
                future.set_result(Response(status, text.encode()))

        def deliver(complaint: str) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(finish, complaint)

        reloader.start(deliver)
        return future

    return handle


def costs_of(scraper: Scraper) -> Costs:
    """What the process has cost so far, and each collector of it."""
    spent = scraper.cpu_time.items()
    collectors = [CollectorCost(name, nanoseconds / 1e9) for name, nanoseconds in spent]
    return Costs(collectors, time.process_time(), scraper.scrapes)


def make_routes(
    handler: Handler,
    metrics_path: str,
    costs: Callable[[], Costs],
    actions: dict[str, Handler] | None = None,
) -> Routes:
    """The exporter's paths."""
    healthy = Response(HTTPStatus.OK, b"ok\n")
    handlers: dict[str, Handler] = {
        "/": lambda _: landing_page(metrics_path, __version__, costs),
        "/healthz": lambda _: healthy,
        metrics_path: handler,
    }
    return Routes(handlers, actions)


def make_server(
    routes: Routes,
    watched: WatchedConfiguration | None,
    lent_connections: LentConnections,
    wanted: Callable[[Request], Wanted | None],
) -> tuple[Server, Begin]:
    """The server, and what begins a connection to it.

    What only a web configuration needs is imported only when there is one. It is the event loop
    that looks after it, so connections are lent only where there is none.
    """
    audit = lent_connections.audit
    if watched is None:
        server = Server(routes, audit, lent_connections=lent_connections, wanted=wanted)
        return server, partial(Connection, server)
    from exporter.serving.guard import Guard

    guard = Guard(routes, lambda: watched.now().configuration, audit)
    if watched.now().context is None:
        server = Server(guard, audit)
        return server, partial(Connection, server)
    from exporter.serving import tls_connection

    server = Server(guard, audit, tls_connection.MOST_CONNECTIONS)
    return server, partial(tls_connection.TlsConnection, server, watched.now)


def allow_many_files() -> None:
    """Raise the limit of open files as far as it goes, as Go's programs do: clients and kept files
    of a large machine are more than the usual 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def open_listening(flags: Flags) -> Listening:
    """What is listened on.

    Raises:
        InputError: an address is malformed, or systemd has handed over no sockets.
        PerfAnalysisError: an address cannot be listened on.
    """
    if flags["web_systemd_socket"]:
        return take_passed(os.environ)
    return listen_on(flags["web_listen_address"])


def stop_event() -> asyncio.Event:
    """What SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def make_runner(scraper: Scraper, flags: Flags, lent_connections: LentConnections) -> ScrapeRunner:
    """What runs the scrapes; SIGALRM has it look for a collector that takes too long."""
    alarm = partial(signal.setitimer, signal.ITIMER_REAL)
    runner = ScrapeRunner(scraper, flags["collector_timeout"], lent_connections, alarm)
    asyncio.get_running_loop().add_signal_handler(signal.SIGALRM, runner.check)
    return runner


def make_actions(scraper: Scraper, flags: Flags) -> dict[str, Handler]:
    """What a POST can do: reload, if that is wanted; SIGHUP does so in any case."""
    reloader = Reloader(scraper.collectors.values())
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.start)
    return {RELOAD_PATH: reload_handler(reloader)} if flags[LIFECYCLE.variable] else {}


def make_metrics_server(
    scraper: Scraper,
    flags: Flags,
    runner: ScrapeRunner,
    lent_connections: LentConnections,
    watched: WatchedConfiguration | None,
) -> tuple[Server, Begin]:
    """The server of all paths; see ``make_server``."""
    path = flags["web_telemetry_path"]
    handler = MetricsHandler(scraper, runner, flags["web_max_requests"])
    routes = make_routes(handler, path, partial(costs_of, scraper), make_actions(scraper, flags))

    def wanted(request: Request) -> Wanted | None:
        page = request.method == "GET" and request.path == path
        return handler.wanted(request) if page else None

    return make_server(routes, watched, lent_connections, wanted)


def release_start_memory() -> None:
    """What is alive now stays alive, so the garbage collector need not look at it again; and what
    starting has left free in the heap goes back."""
    gc.collect()
    gc.freeze()
    lib.give_memory_back()


def end_listening(listeners: list[asyncio.Server], listening: Listening, server: Server) -> None:
    """Take no new clients, and end those that are there."""
    for listener in listeners:
        listener.close()
    listening.close()
    for connection in list(server.connections):
        connection.drop()


async def serve(
    scraper: Scraper,
    flags: Flags,
    audit: Audit,
    pusher: Background | None = None,
    watched: WatchedConfiguration | None = None,
) -> None:
    """Listen, and push if that is wanted, until SIGTERM or SIGINT.

    Args:
        scraper: runs the collectors.
        flags: ``web.*`` and ``collector.timeout`` are used.
        audit: is told what is answered and refused.
        pusher: pushes the same pages.
        watched: the web configuration; plain HTTP for everybody when it is None.

    Raises:
        InputError, PerfAnalysisError: see ``open_listening``.
    """
    allow_many_files()
    lib.keep_one_heap()
    listening = open_listening(flags)
    stop = stop_event()
    most_lent = min(flags["web_max_requests"] or MOST_LENT, MOST_LENT)
    lent_connections = LentConnections(most_lent, audit)
    runner = make_runner(scraper, flags, lent_connections)
    server, begin = make_metrics_server(scraper, flags, runner, lent_connections, watched)
    scheme = "http" if watched is None or watched.now().context is None else "https"
    listeners = []
    for opened in listening.sockets:
        listeners.append(await server.serve(opened, begin))
        LOG.info("listening on %s", shown_address(opened, scheme))
    if pusher is not None:
        pusher.start(runner, scraper.names)
    release_start_memory()
    notify(os.environ, "READY=1")
    await stop.wait()
    notify(os.environ, "STOPPING=1")
    end_listening(listeners, listening, server)
    if pusher is not None:
        pusher.stop()
    runner.stop()
    LOG.info("stopped")


def run(
    scraper: Scraper,
    flags: Flags,
    audit: Audit,
    pusher: Background | None = None,
    watched: WatchedConfiguration | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; see ``serve``."""
    asyncio.run(serve(scraper, flags, audit, pusher, watched))
