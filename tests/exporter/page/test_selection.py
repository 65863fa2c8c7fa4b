"""``collect[]`` and ``exclude[]``: which requests are wrong, and what the others show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.exporter.conftest import StartExporter, scraper_of
from tests.exporter.peer.node_exporter import NodeExporter
from tests.exporter.test_peer import node_exporter

__all__ = ["node_exporter"]

FLAGS = [
    *("--collector.disable-defaults", "--collector.time", "--collector.uname"),
    *("--collector.loadavg", "--collector.stat"),
]
ALL = ["loadavg", "stat", "time", "uname"]
# systemd is a collector of node_exporter that is not here, and that it does not run by default;
# netdev does not run in either.
QUERIES: dict[str, list[str] | int] = {
    "": ALL,
    "other=cpu": ALL,
    "collect=time": ALL,
    "collect[]=time": ["time"],
    "collect[]=uname&collect[]=time": ["time", "uname"],
    "collect[]=time&collect[]=time": ["time"],
    "collect%5B%5D=time": ["time"],
    "collect[]=": 400,
    "collect[]": 400,
    "collect[]=netdev": 400,
    "collect[]=systemd": 400,
    "collect[]=rubbish": 400,
    "collect[]=time&collect[]=systemd": 400,
    "exclude[]=time": ["loadavg", "stat", "uname"],
    "exclude[]=uname&exclude[]=time": ["loadavg", "stat"],
    "exclude[]=": ALL,
    "exclude[]": ALL,
    "exclude[]=netdev": ALL,
    "exclude[]=systemd": ALL,
    "exclude[]=rubbish": ALL,
    "exclude[]=Time": ALL,
    "exclude[]=systemd&exclude[]=time&exclude[]=wifi": ["loadavg", "stat", "uname"],
    "collect[]=time&exclude[]=stat": 400,
    "collect[]=time&exclude[]=rubbish": 400,
    "collect[]=rubbish&exclude[]=time": 400,
    "collect[]=&exclude[]=time": 400,
    "collect[]=time&exclude[]=": 400,
}
_RUN = re.compile(r'^node_scrape_collector_success\{collector="(\w+)"\} 1$', re.MULTILINE)
Ask = Callable[[str], list[str] | int]


def ask(url: str) -> Ask:
    """The collectors that a query runs at a server, or the status when it is not 200."""
    session = requests.Session()

    def answer(query: str) -> list[str] | int:
        # As it stands: requests would write its own signs for the brackets.
        request = requests.Request("GET", url).prepare()
        request.url = f"{url}?{query}" if query else url
        page = session.send(request, timeout=20)
        return sorted(_RUN.findall(page.text)) if page.ok else page.status_code

    return answer


@pytest.fixture
def ours(start_exporter: StartExporter) -> Ask:
    return ask(start_exporter(*FLAGS).url + "/metrics")


@pytest.fixture
def theirs(node_exporter: Path, tmp_path: Path) -> Iterator[Ask]:
    with NodeExporter(node_exporter, FLAGS, tmp_path / "peer.log") as peer:
        yield ask(f"http://{peer.address}/metrics")


def test_what_a_query_runs(ours: Ask) -> None:
    assert {query: ours(query) for query in QUERIES} == QUERIES


@pytest.mark.e2e
def test_node_exporter_runs_the_same(theirs: Ask) -> None:
    assert {query: theirs(query) for query in QUERIES} == QUERIES


@pytest.mark.e2e
def test_where_everything_is_excluded_only_node_exporter_shows_all(ours: Ask, theirs: Ask) -> None:
    """The one difference that docs/differences.md says of requests for a page."""
    query = "&".join(f"exclude[]={name}" for name in ALL)
    assert ours(query) == []
    assert theirs(query) == ALL


def test_the_exporters_own_process_is_shown_whatever_is_asked_for() -> None:
    """node_exporter's is no collector, so that no query leaves it out."""
    flags = ("--collector.time", "--collector.uname", "--collector.process")
    scraper = scraper_of("--collector.disable-defaults", *flags)
    assert set(scraper.select(["time"], [])) == {"time", "process"}
    assert set(scraper.select([], ["time"])) == {"uname", "process"}
    # Who does not want it says so here, or turns it off.
    assert set(scraper.select([], ["process"])) == {"time", "uname"}
    assert scraper_of("--collector.disable-defaults", flags[0]).select(["time"], []) == ("time",)
