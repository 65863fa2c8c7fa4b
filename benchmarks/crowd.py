"""Many scrapers at once, in processes of their own so that they do not wait for each other."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from benchmarks.process import cpu_seconds, resident_bytes
from benchmarks.scraping import PageScraper, ScrapeError

PROCESSES = 2
SAMPLING_SECONDS = 0.2


@dataclass(frozen=True)
class CrowdResult:
    """What a crowd met: answers, errors, seconds it lasted, and the server's cost meanwhile."""

    answers: int
    errors: int
    seconds: float
    cpu_seconds: float
    resident_bytes: int

    @property
    def answers_per_second(self) -> float:
        """Whole pages a second, to all scrapers together."""
        return self.answers / self.seconds


def crowd(url: str, pid: int, scrapers: int, seconds: float) -> CrowdResult:
    """Let many scrapers ask one exporter as fast as it answers.

    Args:
        url: the exporter's URL without a path.
        pid: its process, whose CPU time and highest resident memory are watched.
        scrapers: how many, each with its own connection.
        seconds: how long.

    Raises:
        OSError: the exporter's process is gone.
    """
    before = cpu_seconds(pid)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        # The processes are started first, so that their start is not part of the time.
        for ready in [pool.submit(time.sleep, 0.5) for _ in range(PROCESSES)]:
            ready.result()
        begin = time.monotonic()
        each = scrapers // PROCESSES
        parts = [pool.submit(_scrape_together, url, each, seconds) for _ in range(PROCESSES)]
        resident = _highest_resident(pid, parts)
        counts = [part.result() for part in parts]
    lasted = time.monotonic() - begin
    return CrowdResult(
        answers=sum(count[0] for count in counts),
        errors=sum(count[1] for count in counts),
        seconds=lasted,
        cpu_seconds=cpu_seconds(pid) - before,
        resident_bytes=resident,
    )


def _highest_resident(pid: int, parts: list[Future[tuple[int, int]]]) -> int:
    highest = resident_bytes(pid)
    while not all(part.done() for part in parts):
        time.sleep(SAMPLING_SECONDS)
        highest = max(highest, resident_bytes(pid))
    return highest


def _scrape_together(url: str, scrapers: int, seconds: float) -> tuple[int, int]:
    deadline = time.monotonic() + seconds
    counts: list[tuple[int, int]] = []
    threads = [
        threading.Thread(target=lambda: counts.append(_scrape_until(url, deadline)))
        for _ in range(scrapers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(count[0] for count in counts), sum(count[1] for count in counts)


def _scrape_until(url: str, deadline: float) -> tuple[int, int]:
    answers = errors = 0
    with PageScraper(url) as scraper:
        while time.monotonic() < deadline:
            try:
                scraper.get()
                answers += 1
            except ScrapeError:
                errors += 1
    return answers, errors
