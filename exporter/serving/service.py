"""Serves the scraper's pages until a signal comes: routes, listening, the end."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import resource
import signal
import sys
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
from exporter.serving.loop.event_loop import EventLoop, Future
from exporter.serving.loop.listener import Listener
from exporter.serving.loop.transport import Spoken
from exporter.serving.messages import Handler, Request, Response
from exporter.serving.pages import MetricsHandler
from exporter.serving.reloading import LIFECYCLE, Reloader
from exporter.serving.reloading import PATH as RELOAD_PATH
from exporter.serving.routes import Routes
from exporter.serving.server import Lending, Server
from exporter.serving.systemd import notify, take_passed
from perfanalysis import __version__

if TYPE_CHECKING:
    from exporter.serving.watching import WatchedConfiguration

LOG = logging.getLogger("exporter")

# Connections that are lent at once; also for who allows more requests than that.
MOST_LENT = 64

# Makes what speaks to a new client first.
Begin = Callable[[], Spoken]


class Background(Protocol):
    """What works beside the server, with the same pages: push mode."""

    def start(self, runner: ScrapeRunner, names: tuple[str, ...]) -> None:
        """Begin; the runner makes the pages, and the collectors of these names run."""
        ...

    def stop(self) -> None:
        """End."""
        ...


def reload_handler(loop: EventLoop, reloader: Reloader) -> Handler:
    """Answers a reload when it is done: 200, or 500 and why the old configuration stays."""

    def handle(_: Request) -> Future[Response]:
        future: Future[Response] = loop.create_future()

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
    loop: EventLoop,
    routes: Routes,
    watched: WatchedConfiguration | None,
    lending: Lending,
) -> tuple[Server, Begin]:
    """The server, and what begins a connection to it.

    What only a web configuration needs is imported only when there is one. It is the event loop
    that looks after it, so connections are lent only where there is none.
    """
    audit = lending.connections.audit
    if watched is None:
        server = Server(loop, routes, audit, lending=lending)
        return server, partial(Connection, server)
    from exporter.serving.guard import Guard

    guard = Guard(loop, routes, lambda: watched.now().configuration, audit)
    if watched.now().context is None:
        server = Server(loop, guard, audit)
        return server, partial(Connection, server)
    from exporter.serving import tls_connection

    server = Server(loop, guard, audit, tls_connection.MOST_CONNECTIONS)
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


def stop_by_signals(loop: EventLoop) -> None:
    """Let SIGTERM and SIGINT end the loop."""
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, loop.stop)


def make_runner(
    loop: EventLoop, scraper: Scraper, flags: Flags, lent_connections: LentConnections
) -> ScrapeRunner:
    """What runs the scrapes; SIGALRM has it look for a collector that takes too long."""
    alarm = partial(signal.setitimer, signal.ITIMER_REAL)
    runner = ScrapeRunner(scraper, flags["collector_timeout"], lent_connections, alarm)
    loop.add_signal_handler(signal.SIGALRM, runner.check)
    return runner


def make_actions(loop: EventLoop, scraper: Scraper, flags: Flags) -> dict[str, Handler]:
    """What a POST can do: reload, if that is wanted; SIGHUP does so in any case."""
    reloader = Reloader(scraper.collectors.values())
    loop.add_signal_handler(signal.SIGHUP, reloader.start)
    return {RELOAD_PATH: reload_handler(loop, reloader)} if flags[LIFECYCLE.variable] else {}


def make_metrics_server(
    handler: MetricsHandler,
    flags: Flags,
    lent_connections: LentConnections,
    watched: WatchedConfiguration | None,
) -> tuple[Server, Begin]:
    """The server of all paths; see ``make_server``."""
    path = flags["web_telemetry_path"]
    scraper = handler.scraper
    actions = make_actions(handler.loop, scraper, flags)
    routes = make_routes(handler, path, partial(costs_of, scraper), actions)

    def wanted(request: Request) -> Wanted | None:
        page = request.method == "GET" and request.path == path
        return handler.wanted(request) if page else None

    return make_server(handler.loop, routes, watched, Lending(lent_connections, wanted))


def release_start_memory() -> None:
    """What is alive now stays alive, so the garbage collector need not look at it again; and what
    starting has left free in the heap goes back, with what imports know of all folders of modules,
    which who imports again looks up again (0.2 MB)."""
    sys.path_importer_cache.clear()
    gc.collect()
    gc.freeze()
    lib.give_memory_back()


def begin_listening(
    listening: Listening, server: Server, begin: Begin, scheme: str
) -> list[Listener]:
    """Take clients in at each socket, and say so."""
    listeners = []
    for opened in listening.sockets:
        listeners.append(server.serve(opened, begin))
        LOG.info("listening on %s", shown_address(opened, scheme))
    return listeners


def end_listening(listeners: list[Listener], listening: Listening, server: Server) -> None:
    """Take no new clients, and end those that are there."""
    for listener in listeners:
        listener.close()
    listening.close()
    for connection in list(server.connections):
        connection.drop()


def run(
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
    with contextlib.closing(EventLoop()) as loop:
        stop_by_signals(loop)
        most_lent = min(flags["web_max_requests"] or MOST_LENT, MOST_LENT)
        lent_connections = LentConnections(most_lent, audit)
        runner = make_runner(loop, scraper, flags, lent_connections)
        handler = MetricsHandler(loop, scraper, runner, flags["web_max_requests"])
        server, begin = make_metrics_server(handler, flags, lent_connections, watched)
        scheme = "http" if watched is None or watched.now().context is None else "https"
        listeners = begin_listening(listening, server, begin, scheme)
        if pusher is not None:
            pusher.start(runner, scraper.names)
        release_start_memory()
        notify(os.environ, "READY=1")
        loop.run()
        notify(os.environ, "STOPPING=1")
        end_listening(listeners, listening, server)
        if pusher is not None:
            pusher.stop()
        runner.stop()
    LOG.info("stopped")
