"""A portal in a process of its own, as people run it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

SECONDS = 60
_URL = re.compile(r"the portal is at (\S+)")
_KEY = re.compile(r"shown this once: (\S+)")


@dataclass
class Running:
    """A portal that answers at ``url``; ``key`` is the first key, where it was printed."""

    process: subprocess.Popen[bytes]
    url: str
    key: str
    folder: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def ask(self, method: str, path: str, key: str = "", **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return requests.request(method, self.url + path, headers=headers, timeout=SECONDS, **more)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status."""
        self.process.send_signal(how)
        return self.process.wait(SECONDS)


def start(folder: Path, database: str, *flags: str) -> Running:
    """A portal on a free port, when it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "perfanalysis", "portal", "serve", "--port", "0"]
    with (folder / "said").open("wb") as said, (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--database", database, *flags],
            stdout=said,
            stderr=log,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    until = time.monotonic() + SECONDS
    while (found := _URL.search((folder / "said").read_text())) is None:
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until, "the portal does not start"
        time.sleep(0.05)
    key = _KEY.search((folder / "said").read_text())
    return Running(process, found[1], key[1] if key else "", folder)


@contextmanager
def running(folder: Path, database: str, *flags: str) -> Iterator[Running]:
    """A portal that is stopped at the end."""
    found = start(folder, database, *flags)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
            found.process.wait(SECONDS)
