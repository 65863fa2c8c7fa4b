"""Server processes that are started for a while: each has a log file, and none is left behind."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import requests

from perfanalysis.errors import PerfAnalysisError

REPOSITORY = Path(__file__).resolve().parent.parent
OLDEST_PROMETHEUS = (2, 42)
STOP_SECONDS = 10.0


class ServerError(PerfAnalysisError):
    """A server could not be started, or has ended by itself."""


class DemoServer:
    """One server process.

    Args:
        name: what messages call it.
        command: the words of the command; no shell is involved.
        log: the file that takes all it prints.
        outlives: whether it may go on when this process ends. When not, the kernel ends it with
            us, also after ``kill -9``.

    Raises:
        ServerError: the program cannot be executed.
    """

    def __init__(self, name: str, command: Sequence[str], log: Path, *, outlives: bool) -> None:
        self.name = name
        self.log = log
        with_us = [] if outlives else ["setpriv", "--pdeathsig", "TERM", "--"]
        with log.open("wb") as stream:
            try:
                self.process = subprocess.Popen(
                    [*with_us, *command],
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    # Its own session: Ctrl-C reaches us alone, and we stop it in good order.
                    start_new_session=True,
                )
            except OSError as error:
                message = f"{name} could not be started: {command[0]}: {error.strerror}"
                raise ServerError(message) from error

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def text(self) -> str:
        """All that it has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def check(self) -> None:
        """Do nothing while it runs.

        Raises:
            ServerError: it has ended; the message carries the last line that says why.
        """
        status = self.process.poll()
        if status is None:
            return
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        raise ServerError(f"{self.name} ended {how}: {self._reason()} (log: {self.log})")

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Wait until ``ready()`` is true.

        Raises:
            ServerError: it ended, or ``seconds`` passed.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ServerError(f"{self.name}: {what} did not come within {seconds:.0f} s")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it: SIGTERM, and SIGKILL when that is not heeded. Does nothing when it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def _reason(self) -> str:
        lines = [line.strip() for line in self.text().splitlines() if line.strip()]
        telling = [
            line for line in lines if re.search(r"(?i)\berr(or)?\b|refused|denied|use", line)
        ]
        return (telling or lines or ["it printed nothing"])[-1][:300]


def free_port() -> int:
    """A TCP port of the loopback address that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def prometheus_program(name: str = "prometheus") -> Path:
    """Prometheus's own program ``name`` (``prometheus`` or ``promtool``).

    The one on PATH when it is at least 2.42, else the one that ``make setup`` unpacked.

    Raises:
        ServerError: there is neither.
    """
    found = shutil.which(name)
    if found and _version(found) >= OLDEST_PROMETHEUS:
        return Path(found)
    unpacked = REPOSITORY / ".tools" / "prometheus" / "usr" / "bin" / name
    if unpacked.is_file():
        return unpacked
    oldest = ".".join(map(str, OLDEST_PROMETHEUS))
    raise ServerError(f"there is no {name} >= {oldest}, on PATH or in .tools: run `make setup`")


def _version(program: str) -> tuple[int, int]:
    try:
        answer = subprocess.run(
            [program, "--version"], check=False, capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    match = re.search(r"version (\d+)\.(\d+)", answer.stdout + answer.stderr)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def start_prometheus(  # noqa: PLR0913 - one for each thing that its callers choose
    configuration: Path,
    data: Path,
    log: Path,
    *,
    port: int = 0,
    outlives: bool = False,
    retention: str = "15d",
) -> tuple[DemoServer, str]:
    """Start Prometheus on the loopback address and wait until it answers queries.

    Args:
        configuration: its ``prometheus.yml``.
        data: the folder of its time series; made when missing.
        log: the file that takes its log.
        port: the TCP port; a free one when 0.
        outlives: see ``DemoServer``.
        retention: how far back its data may reach, as Prometheus writes it.

    Returns:
        The server and its URL.

    Raises:
        ServerError: there is no Prometheus, the port is taken, or it did not become ready.
    """
    server, url = begin_prometheus(
        configuration, data, log, port=port, outlives=outlives, retention=retention
    )
    try:
        wait_for_prometheus(server, url)
    except BaseException:
        server.stop()
        raise
    return server, url


def begin_prometheus(  # noqa: PLR0913 - one for each thing that its callers choose
    configuration: Path,
    data: Path,
    log: Path,
    *,
    port: int = 0,
    outlives: bool = False,
    retention: str = "15d",
) -> tuple[DemoServer, str]:
    """The same, without the wait.

    Raises:
        ServerError: there is no Prometheus.
    """
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        str(prometheus_program()),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={retention}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-lifecycle",
        "--web.enable-remote-write-receiver",
    ]
    return DemoServer("Prometheus", command, log, outlives=outlives), url


def wait_for_prometheus(server: DemoServer, url: str) -> None:
    """Wait until a Prometheus that was begun answers queries.

    Raises:
        ServerError: the port is taken, or it did not become ready within 60 s.
    """
    server.wait_until(lambda: _answers(f"{url}/-/ready"), "readiness", 60)


def _answers(url: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=2).ok
    return False


LISTENING = re.compile(r"listening on (http://\S+)")


def start_exporter(
    arguments: Sequence[str], log: Path, *, perfanalysis: Sequence[str], outlives: bool = False
) -> tuple[DemoServer, str]:
    """Start our exporter on a free loopback port and wait until it listens.

    Args:
        arguments: flags beside the listen address.
        log: the file that takes its log.
        perfanalysis: the words that run the command ``perfanalysis``.
        outlives: see ``DemoServer``.

    Returns:
        The server and its URL, without a path.

    Raises:
        ServerError: it ended, or did not listen within 20 s.
    """
    server = begin_exporter(arguments, log, perfanalysis=perfanalysis, outlives=outlives)
    try:
        return server, exporter_url(server)
    except BaseException:
        server.stop()
        raise


def begin_exporter(
    arguments: Sequence[str], log: Path, *, perfanalysis: Sequence[str], outlives: bool = False
) -> DemoServer:
    """The same, without the wait: ``exporter_url`` does it.

    Raises:
        ServerError: the program cannot be executed.
    """
    command = [*perfanalysis, "exporter", "--web.listen-address=127.0.0.1:0", *arguments]
    return DemoServer("exporter", command, log, outlives=outlives)


def exporter_url(server: DemoServer) -> str:
    """The URL of an exporter that was begun, without a path, when it listens.

    Raises:
        ServerError: it ended, or did not listen within 20 s.
    """
    server.wait_until(lambda: bool(LISTENING.search(server.text())), "its address", 20)
    match = LISTENING.search(server.text())
    assert match
    return match[1].rstrip("/")
