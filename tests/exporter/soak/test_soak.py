"""A million scrapes of a machine where everything comes and goes: nothing may grow.

``PERFANALYSIS_SOAK_SCRAPES`` makes it shorter for a look.
"""

from __future__ import annotations

import gzip
import http.client
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from perfanalysis.exposition.openmetrics import OPENMETRICS
from tests.exporter.conftest import FIXTURES, StartExporter, samples_of
from tests.exporter.soak.coming_and_going import POPULATION, ChangingMachine, described

SCRAPES = int(os.environ.get("PERFANALYSIS_SOAK_SCRAPES", "1000000"))
SCRAPES_BETWEEN_CHANGES = 50
# Most scrapes are of those whose things come and go, so that a million take minutes and not hours.
CHANGING = ("cgroup", "cpu", "diskstats", "filesystem", "netclass", "netdev", "textfile")
# Allocators hold back a little; a leak of a single object of 64 bytes a change would be above it.
MOST_GROWTH_BYTES = 1_000_000
MOST_MORE_FILES = 10


def asking_for(names: Iterable[str]) -> str:
    """The path of a page of these collectors."""
    return f"/metrics?{urlencode([('collect[]', name) for name in names])}"


CHANGING_PATH = asking_for((*CHANGING, "validation"))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[ChangingMachine]:
    """The changing machine, in memory where there is such a file system."""
    shared = Path("/dev/shm")
    folder = shared / f"soak-{os.getpid()}" if os.access(shared, os.W_OK) else tmp_path / "soak"
    shutil.copytree(FIXTURES / "firecracker-6.18", folder)
    try:
        yield ChangingMachine(folder)
    finally:
        shutil.rmtree(folder)


class Growth:
    """Resident memory, open files and threads of a process, noted from time to time."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.resident: list[float] = []
        self.files: list[float] = []
        self.threads: list[float] = []

    def note(self) -> None:
        self.resident.append(float(self._process.memory_info().rss))
        self.files.append(self._process.num_fds())
        self.threads.append(self._process.num_threads())
        print(
            f"{self.resident[-1]:.0f} B, {self.files[-1]:.0f} files, {self.threads[-1]:.0f} threads"
        )

    def judge(self) -> None:
        """The end must be like the first half: what grows with each change is far above that."""
        figures = {"resident": self.resident, "files": self.files, "threads": self.threads}
        print(described(figures))
        middle = len(self.resident) // 2
        for row, most in (
            (self.resident, MOST_GROWTH_BYTES),
            (self.files, MOST_MORE_FILES),
            (self.threads, 2),
        ):
            assert min(row[-3:]) - max(row[:middle]) < most, described(figures)


class Client:
    """Scrapes over HTTP, now and then over a new connection.

    Args:
        port: of the exporter on loopback.
    """

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._names = re.findall(r'collector_success\{collector="(\w+)"', self.page("/metrics"))

    def page(self, path: str, accept: str = "text/plain", encoding: str = "identity") -> str:
        """One page; what came packed is unpacked."""
        headers = {"Accept": accept, "Accept-Encoding": encoding}
        self._connection.request("GET", path, headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        return (gzip.decompress(body) if encoding == "gzip" else body).decode()

    def scrape(self, number: int) -> None:
        """The scrape of that number: most ask for what changes, few for all or for anything."""
        encoding = "gzip" if number % 5 == 0 else "identity"
        accept = OPENMETRICS.content_type if number % 10 == 1 else "text/plain"
        if number % 100 == 0:
            self.page("/metrics", accept, encoding)
        elif number % 100 == 2:
            self.page(asking_for(self._names[number // 100 % len(self._names) :]), accept, encoding)
        else:
            self.page(CHANGING_PATH, accept, encoding)
        if number % 200 == 0:
            self._connection.close()


@pytest.mark.long
@pytest.mark.e2e
def test_nothing_grows_in_a_million_scrapes(
    machine: ChangingMachine, start_exporter: StartExporter
) -> None:
    running = start_exporter(*machine.flags(), "--collector.sampler", "--web.enable-lifecycle")
    client = Client(running.port)
    growth = Growth(running.process.pid)
    begin = time.monotonic()
    for number in range(SCRAPES):
        if number % SCRAPES_BETWEEN_CHANGES == 0:
            machine.change()
        client.scrape(number)
        if number % (SCRAPES // 20) == SCRAPES // 20 - 1:
            growth.note()
    print(f"{SCRAPES} scrapes in {time.monotonic() - begin:.0f} s")
    samples = samples_of(client.page("/metrics").encode())
    for pattern in ("node_disk_io_now{device=", "node_network_up{", "container_threads{"):
        found = [series for series in samples if series.startswith(pattern)]
        assert len(found) >= POPULATION, pattern
    spoilt = {s for s, v in samples.items() if s.startswith("perf_validation_v") and v > 0}
    assert {s for s in spoilt if "stale_source" not in s} == set()
    growth.judge()
