"""The real exporter, started here, and its page recorded twice."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.made_fleet.recorded_page import RecordedPage, recorded_page
from benchmarks.made_results import make_results
from benchmarks.scraping import PageScraper
from demo.servers import start_exporter

SECONDS = 10.0
NAME = "recorded-machine"
TYPE = "recorded-type"
IDENTITY = (
    f"--machine.name={NAME}",
    "--machine.provider=made",
    "--machine.region=made-1",
    f"--machine.instance-type={TYPE}",
    "--machine.price=on_demand=1",
    "--machine.price=spot=0.4",
    "--machine.cloud=off",
)


def record(folder: Path, flags: Sequence[str] = (), seconds: float = SECONDS) -> RecordedPage:
    """The page of this machine, with a made result of the load test and a price of 1.

    Args:
        folder: gets the exporter's state and log.
        flags: further flags of the exporter.
        seconds: between the two recordings.

    Raises:
        ServerError: the exporter does not start.
        ScrapeError: it does not answer.
        ValueError: its page cannot be read.
    """
    make_results(folder / "state" / "results", 1)
    words = [*IDENTITY, f"--collector.loadtest.directory={folder / 'state'}", *flags]
    command = [sys.executable, "-m", "perfanalysis"]
    server, url = start_exporter(words, folder / "exporter.log", perfanalysis=command)
    try:
        with PageScraper(url) as scraper:
            scraper.headers["Accept"] = "text/plain"
            begin = time.monotonic()
            first = scraper.page()
            time.sleep(seconds)
            second = scraper.page()
            return recorded_page(first, second, time.monotonic() - begin)
    finally:
        server.stop()
