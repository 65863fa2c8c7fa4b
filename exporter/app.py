"""The command ``perfanalysis exporter``: puts collectors, scraper and web server together."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import click

from exporter.collecting import Collector, CollectorSpecification, Flag, Flags
from exporter.registrations import COLLECTORS
from exporter.rendering import TEXT
from exporter.scraping import Scraper
from exporter.sources import Paths, Sources
from exporter.web import Request, Response, Routes, Server, landing_page
from perfanalysis import __version__
from perfanalysis.errors import InputError, PerfAnalysisError

LOG = logging.getLogger("exporter")

PATHS = (
    Flag("path.procfs", "/proc", "Where procfs is mounted."),
    Flag("path.sysfs", "/sys", "Where sysfs is mounted."),
    Flag("path.rootfs", "/", "Where the root file system is mounted."),
    Flag("path.udev.data", "/run/udev/data", "Where udev keeps its data."),
)
WEB = (
    Flag("web.listen-address", "127.0.0.1:9100", "Address to listen on, HOST:PORT."),
    Flag("web.telemetry-path", "/metrics", "Path of the metrics."),
)
LEVELS = ("debug", "info", "warn", "error")


def option_of(flag: Flag) -> click.Option:
    """The command-line option of a flag."""
    names = [flag.variable, f"--{flag.name}"]
    if isinstance(flag.default, bool):
        names[1] += f"/--no-{flag.name}"
    kind = None if flag.default is None else type(flag.default)
    return click.Option(names, default=flag.default, type=kind, help=flag.help, show_default=True)


def switch_of(specification: CollectorSpecification) -> Flag:
    """The flag that turns a collector on or off."""
    name = specification.name
    return Flag(f"collector.{name}", None, f"Run the {name} collector.")


def all_options() -> list[click.Parameter]:
    """Every option of the command."""
    flags = [*PATHS, *WEB]
    switches: list[click.Parameter] = []
    for specification in COLLECTORS:
        switch = switch_of(specification)
        on_off = f"--{switch.name}/--no-{switch.name}"
        shown = f"{switch.help} By default {'on' if specification.enabled else 'off'}."
        switches.append(click.Option([switch.variable, on_off], default=None, help=shown))
        flags += specification.flags
    level = click.Option(
        ["log_level", "--log.level"], default="info", type=click.Choice(LEVELS), help="What to log."
    )
    defaults = Flag("collector.disable-defaults", False, "Run only collectors that a flag names.")
    return [*map(option_of, flags), *switches, option_of(defaults), level]


def make_collectors(flags: Flags, sources: Sources) -> dict[str, Collector]:
    """The collectors that run, by name.

    Raises:
        InputError: a flag's value is unusable.
    """
    made: dict[str, Collector] = {}
    for specification in COLLECTORS:
        wanted = flags[switch_of(specification).variable]
        if wanted is None:
            wanted = specification.enabled and not flags["collector_disable_defaults"]
        if wanted:
            made[specification.name] = specification.create(sources, flags)
    return made


def make_paths(flags: Flags) -> Paths:
    """Where the trees are.

    Raises:
        InputError: one of /proc and /sys is no folder.
    """
    for flag in PATHS[:2]:
        if not Path(flags[flag.variable]).is_dir():
            raise InputError(f"--{flag.name}", "", "a folder", flags[flag.variable])
    return Paths(*(Path(flags[flag.variable]) for flag in PATHS))


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


def run(**flags: Any) -> None:
    """Serve this machine's metrics to Prometheus, under node_exporter's names."""
    level = logging.getLevelNamesMapping()[flags["log_level"].upper()]
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(message)s"
    )
    if not flags["web_telemetry_path"].startswith("/"):
        raise InputError("--web.telemetry-path", "", "a path that begins with /")
    sources = Sources(make_paths(flags))
    collectors = make_collectors(flags, sources)
    routes = make_routes(Scraper(collectors, sources), flags["web_telemetry_path"])
    try:
        asyncio.run(serve(routes, flags["web_listen_address"]))
    finally:
        sources.close()


exporter = click.Command("exporter", callback=run, params=all_options(), help=run.__doc__)
