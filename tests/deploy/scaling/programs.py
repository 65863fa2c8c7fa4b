"""VictoriaMetrics' other programs, run for a while."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from demo.servers import REPOSITORY, DemoServer

BUILT = REPOSITORY / ".tools" / "victoria-metrics-built"
SECONDS = 60.0


def built(name: str) -> Path:
    """The program that scripts/build-NAME makes; the test is skipped where that was not done."""
    found = sorted(BUILT.glob(f"{name}-*"))
    if not found:
        pytest.skip(f"no {name} here: scripts/build-{name} builds it with Go")
    return found[-1]


@contextmanager
def running(
    command: list[str], url: str, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[DemoServer]:
    """A program until it is not wanted any more; ready when ``url`` answers."""
    words = ["env", *(f"{name}={value}" for name, value in (environment or {}).items())]
    server = DemoServer(Path(command[0]).name, [*words, *command], log, outlives=False)

    def answers() -> bool:
        try:
            return requests.get(url, timeout=2).ok
        except requests.RequestException:
            return False

    try:
        server.wait_until(answers, "readiness", SECONDS)
        yield server
    finally:
        server.stop()
