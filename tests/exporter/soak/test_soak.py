"""A million scrapes of a machine where everything comes and goes: nothing may grow.

``PERFANALYSIS_SOAK_SCRAPES`` makes it shorter for a look.
"""

from __future__ import annotations

import gc
import http.client
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from exporter.openmetrics import OPENMETRICS
from exporter.rendering import TEXT
from tests.exporter.conftest import FIXTURES, StartExporter, samples_of, scraper_of
from tests.exporter.soak.coming_and_going import POPULATION, ChangingMachine, described

SCRAPES = int(os.environ.get("PERFANALYSIS_SOAK_SCRAPES", "1000000"))
OVER_HTTP = SCRAPES // 20
SCRAPES_BETWEEN_CHANGES = 50
# Most scrapes are of those whose things come and go, so that a million take minutes and not hours.
CHANGING = ("cgroup", "cpu", "diskstats", "filesystem", "netdev", "validation")
# Allocators hold back a little; a leak of a single object of 64 bytes a change would be above it.
MOST_GROWTH_BYTES = 1_000_000
MOST_MORE_FILES = 10


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
        gc.collect()
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


@pytest.mark.long
def test_nothing_grows_in_a_million_scrapes(machine: ChangingMachine) -> None:
    scraper = scraper_of(*machine.flags())
    growth = Growth(os.getpid())
    begin = time.monotonic()
    for number in range(SCRAPES):
        if number % SCRAPES_BETWEEN_CHANGES == 0:
            machine.change()
        if number % 100 == 0:
            page = scraper.scrape(TEXT)
        elif number % 10 == 1:
            scraper.scrape(OPENMETRICS, CHANGING)
        elif number % 100 == 2:
            scraper.scrape(TEXT, scraper.names[number % len(scraper.names) :])
        else:
            scraper.scrape(TEXT, CHANGING)
        if number % (SCRAPES // 20) == SCRAPES // 20 - 1:
            growth.note()
    print(f"{SCRAPES} scrapes in {time.monotonic() - begin:.0f} s")
    samples = samples_of(page)
    for pattern in ("node_disk_io_now{device=", "node_network_up{", "container_threads{"):
        found = [series for series in samples if series.startswith(pattern)]
        assert len(found) >= POPULATION, pattern
    spoilt = {s for s, v in samples.items() if s.startswith("perf_validation_v") and v > 0}
    assert {s for s in spoilt if "stale_source" not in s} == set()
    growth.judge()


@pytest.mark.long
@pytest.mark.e2e
def test_nothing_grows_over_http(machine: ChangingMachine, start_exporter: StartExporter) -> None:
    running = start_exporter(*machine.flags(), "--collector.sampler")
    growth = Growth(running.process.pid)
    stop = threading.Event()

    def change() -> None:
        while not stop.wait(0.05):
            machine.change()

    changer = threading.Thread(target=change)
    changer.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        for number in range(OVER_HTTP):
            if number % 100 == 0:
                connection.close()
            headers = {"Accept-Encoding": "gzip"} if number % 2 else {}
            connection.request("GET", "/metrics", headers=headers)
            response = connection.getresponse()
            assert response.status == 200
            assert len(response.read()) > 1000
            if number % (OVER_HTTP // 20) == OVER_HTTP // 20 - 1:
                growth.note()
    finally:
        stop.set()
        changer.join()
    growth.judge()
