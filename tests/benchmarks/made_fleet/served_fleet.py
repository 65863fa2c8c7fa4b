"""A made fleet that is served by a thread of the tests."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.made_fleet.__main__ import targets_file
from benchmarks.made_fleet.pages import MadeFleet
from benchmarks.made_fleet.recording import record
from benchmarks.made_fleet.serving import serve
from benchmarks.scraping import PageScraper, ScrapeError
from demo.servers import free_port


@contextmanager
def served_fleet(folder: Path, count: int) -> Iterator[list[dict[str, object]]]:
    """The targets of as many machines, whose counters began ten minutes ago."""
    fleet = MadeFleet(record(folder, seconds=1.0), count, 1, time.time() - 600.0)
    loop = asyncio.new_event_loop()
    port = free_port()
    serving = loop.create_task(serve(fleet, port))

    def work() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(serving)
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield _answering(json.loads(targets_file(fleet, port)))
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()


def _answering(targets: list[dict[str, list[str]]]) -> list[dict[str, object]]:
    """The targets, when the first of them answers."""
    (address,) = targets[0]["targets"]
    deadline = time.monotonic() + 20.0
    while True:
        with PageScraper(f"http://{address}") as scraper, suppress(ScrapeError):
            scraper.page()
            return [dict(one) for one in targets]
        assert time.monotonic() < deadline, "the fleet does not answer"
        time.sleep(0.05)
