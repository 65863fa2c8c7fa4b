"""Processes that a fault ends and somebody starts again with the same words, as systemd does."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import requests

from demo.servers import DemoServer

SECONDS = 120.0


class Part:
    """One process of an installation, and what it started.

    Args:
        name: what messages call it, and its log.
        folder: for the log of each of its lives.
        command: its words; of a server always with the same port.
        ready: whether it does its work.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        command: Sequence[str],
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name, self._folder, self._command, self._ready = name, folder, command, ready
        self.logs: list[Path] = []
        self._server: DemoServer | None = None

    @property
    def pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    @property
    def text(self) -> str:
        """All that it has printed, in all its lives."""
        return "".join(log.read_text(errors="replace") for log in self.logs)

    def start(self) -> None:
        self.logs.append(self._folder / f"{self.name}-{len(self.logs)}.log")
        server = DemoServer(self.name, self._command, self.logs[-1], outlives=False)
        self._server = server
        server.wait_until(self._ready, "readiness", SECONDS)

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """The process and its children, at once."""
        if self._server is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._server.pid, how)
        self._server.process.wait(SECONDS)
        self._server = None


def answers(url: str) -> Callable[[], bool]:
    """Whether there is an answer, and a good one."""

    def look() -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(url, timeout=5).ok
        return False

    return look


def seconds_until(true: Callable[[], object], what: str, seconds: float = SECONDS) -> float:
    """Wait for it; how long that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"{what} did not come within {seconds:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - began
