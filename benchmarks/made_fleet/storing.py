"""A VictoriaMetrics that takes what Prometheus sends on, and what it says of itself."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from benchmarks.case import PeerMissingError
from demo.servers import REPOSITORY, DemoServer, free_port

_BUILD_SECONDS = 900
_START_SECONDS = 60.0


@dataclass(frozen=True)
class FleetStore:
    """A running VictoriaMetrics."""

    server: DemoServer
    url: str
    version: str

    def said(self, name: str, labels: str = "") -> float:
        """A number of its own page, added up over the series whose labels match."""
        page = requests.get(f"{self.url}/metrics", timeout=60).text
        pattern = rf"^{name}\{{[^}}]*{labels}[^}}]*\}} (\S+)$"
        return sum(float(value) for value in re.findall(pattern, page, re.MULTILINE))

    def flush(self) -> None:
        """Have all that came be on disk."""
        requests.get(f"{self.url}/internal/force_flush", timeout=60).raise_for_status()


@contextmanager
def storing(folder: Path) -> Iterator[FleetStore]:
    """The VictoriaMetrics that scripts/build-victoria-metrics makes, empty.

    Raises:
        PeerMissingError: it cannot be built here.
        ServerError: it does not start.
    """
    script = REPOSITORY / "scripts" / "build-victoria-metrics"
    made = subprocess.run(
        [script], stdout=subprocess.PIPE, text=True, check=False, timeout=_BUILD_SECONDS
    )
    if made.returncode:
        raise PeerMissingError(f"VictoriaMetrics could not be built: {script}")
    program = Path(made.stdout.strip())
    listen = f"127.0.0.1:{free_port()}"
    command = [
        str(program),
        f"-storageDataPath={folder / 'victoria'}",
        f"-httpListenAddr={listen}",
        "-retentionPeriod=1y",
        # What is asked is computed, and not remembered.
        "-search.disableCache",
    ]
    server = DemoServer("VictoriaMetrics", command, folder / "victoria.log", outlives=False)
    url = f"http://{listen}"

    def healthy() -> bool:
        try:
            return requests.get(f"{url}/health", timeout=2).ok
        except requests.RequestException:
            return False

    try:
        server.wait_until(healthy, "readiness", _START_SECONDS)
        yield FleetStore(server, url, program.name.rpartition("-")[2])
    finally:
        server.stop()
