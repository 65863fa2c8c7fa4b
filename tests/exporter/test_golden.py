"""The whole page of every recorded host, against a golden file."""

from __future__ import annotations

import re

import pytest

from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import FIXTURES, HOSTS, scraper_of
from tests.exporter.peer.node_exporter import tree_flags

# These show the machine that the test runs on, not the recorded one.
OF_THIS_MACHINE = ("filesystem", "machine", "process", "time", "timex", "uname")
OF_THIS_RUN = re.compile(
    r"^((?:node_scrape_collector_duration_seconds|perf_exporter_collector_cpu_seconds_total"
    r"|node_textfile_mtime_seconds)"
    r"\{.*\}) .*$",
    re.MULTILINE,
)


@pytest.mark.parametrize("host", HOSTS)
def test_the_page_of_a_recorded_host(host: str, update_golden: bool) -> None:
    folder = FIXTURES / host
    scraper = scraper_of(
        *tree_flags(folder),
        f"--collector.loadtest.directory={folder / 'state'}",
        *(f"--no-collector.{name}" for name in OF_THIS_MACHINE),
    )
    page = scraper.scrape(TEXT).decode()
    page = OF_THIS_RUN.sub(r"\1 0", page).replace(str(folder), "TREE")
    page = re.sub(r"^node_exporter_build_info.*\n", "", page, flags=re.M)
    golden = folder / "golden.txt"
    if update_golden:
        golden.write_text(page)
    assert page == golden.read_text()
