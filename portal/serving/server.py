"""Serve the application until a signal asks for the end; then finish what was begun."""

from __future__ import annotations

import gc
import logging
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from perfanalysis.errors import PerfAnalysisError
from portal.serving.live_protocol import LiveProtocol
from portal.serving.renewed_certificate import RenewedCertificate
from portal.serving.request_log import LogLines
from portal.serving.slow_heads import PatientProtocol


@dataclass(frozen=True)
class PortalAddress:
    """Where and how to serve.

    Attributes:
        host, port: of the socket; port 0: a free one.
        certificate, key: files for TLS; None: without.
        connections: the most at a time; beyond them the answer is 503.
        stop_seconds: that requests get to end when the portal stops.
    """

    host: str
    port: int
    certificate: str | None = None
    key: str | None = None
    connections: int = 5000
    stop_seconds: int = 20


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        started: Callable[[str], None],
        stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._tell = started
        self._stopping = stopping
        self._renewed: RenewedCertificate | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Of uvicorn, which would raise the signal again after the end: that is no failure here."""
        del frame
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._stopping()

    async def startup(self, *given: object, **named: object) -> None:
        await super().startup(*given, **named)  # type: ignore[arg-type]
        if self.started:
            _leave_alone_what_stays()
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            scheme = "https" if self.config.is_ssl else "http"
            shown = f"[{host}]" if ":" in host else host
            self._tell(f"{scheme}://{shown}:{port}")
        if self.config.ssl and self.config.ssl_certfile and self.config.ssl_keyfile:
            files = str(self.config.ssl_certfile), str(self.config.ssl_keyfile)
            self._renewed = RenewedCertificate(self.config.ssl, *files)

    async def on_tick(self, counter: int) -> bool:
        """Of uvicorn, ten times a second: once a second the certificate is looked at."""
        if self._renewed is not None and counter % 10 == 0:
            self._renewed.look()
        return await super().on_tick(counter)


def serve(
    app: ASGIApp,
    listening: PortalAddress,
    started: Callable[[str], None],
    stopping: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        app: what answers.
        listening: where.
        started: told the URL when requests may come.
        stopping: called when a signal asks for the end.

    Raises:
        PerfAnalysisError: the address is not free, or not of this machine.
    """
    config = uvicorn.Config(
        app,
        host=listening.host,
        port=listening.port,
        http=PatientProtocol,
        ws=LiveProtocol,
        # Nothing that is sent is worth the memory of 1,000 packers.
        ws_per_message_deflate=False,
        ws_max_size=16 << 10,
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        # Whoever the last hop says it is: behind a proxy its addresses are the proxy's.
        proxy_headers=False,
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.key,
        limit_concurrency=listening.connections,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=listening.stop_seconds,
    )
    _allow_sockets(listening.connections)
    server = _Server(config, started, stopping)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit) as error:
        if not server.started:
            where = f"{listening.host}:{listening.port}"
            raise PerfAnalysisError(
                f"{where}: the portal cannot listen there (is the port taken?)"
            ) from error


def _leave_alone_what_stays() -> None:
    """Have the collector of cycles look no more at what is loaded by now.

    It is some 200,000 objects that stay until the end: looking through them holds up all requests
    for a tenth of a second, every few hundred of them.
    """
    gc.collect()
    gc.freeze()


def _allow_sockets(count: int) -> None:
    """Let this process open as many as may come, where the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 200
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _ToStandardError(logging.Handler):
    """Writes to what is standard error now: who starts several portals may have closed another."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:  # noqa: BLE001 - a log that cannot be written stops nothing
            self.handleError(record)


def log_to_standard_error(level: str) -> None:
    """Have all loggers write lines of JSON."""
    handler = _ToStandardError()
    handler.setFormatter(LogLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Alembic tells of each step, uvicorn of each start.
    for name in ("alembic", "uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
