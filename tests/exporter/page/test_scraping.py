"""A collector that fails costs its own samples only."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest

from exporter.collecting import NothingToRead
from exporter.page.scraping import Scraper
from exporter.sources.files import ABSENT_SCRAPES, Paths, Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT, Block, Layout
from tests.exporter.conftest import samples_of, scraper_of

SPOILT = [
    ("stat", "stat", "node_intr_total"),
    ("stat", "cpu", "node_cpu_seconds_total"),
    ("meminfo", "meminfo", "node_memory_"),
    ("vmstat", "vmstat", "node_vmstat_"),
    ("loadavg", "loadavg", "node_load"),
    ("diskstats", "diskstats", "node_disk_"),
    ("net/dev", "netdev", "node_network_receive_"),
]


def scraper_over(tree: Path) -> Scraper:
    return scraper_of(
        f"--path.procfs={tree / 'proc'}",
        f"--path.sysfs={tree / 'sys'}",
        f"--collector.loadtest.directory={tree / 'state'}",
    )


def success(collector: str) -> str:
    return f'node_scrape_collector_success{{collector="{collector}"}}'


@pytest.mark.parametrize(("file", "collector", "prefix"), SPOILT)
def test_a_malformed_file_costs_one_collector_and_one_log_line(
    file: str, collector: str, prefix: str, tree: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scraper = scraper_over(tree)
    before = samples_of(scraper.scrape(TEXT))
    assert before[success(collector)] == 1
    whole = (tree / "proc" / file).read_bytes()
    (tree / "proc" / file).write_bytes(b"cpu0 nonsense\n\xff\xfe" + whole[:100])
    with caplog.at_level(logging.INFO):
        after = samples_of(scraper.scrape(TEXT))
        scraper.scrape(TEXT)
        mine = [r for r in caplog.records if f"collector {collector} failed" in r.message]
        assert len(mine) == 1
        assert f"/proc/{file}" in mine[0].message
    assert after[success(collector)] == 0
    assert not [series for series in after if series.startswith(prefix)]
    lost = {series for series in before if series not in after}
    sharing = {prefix for name, _, prefix in SPOILT if name == file}
    others = ("node_procs_", "node_forks", "node_context", "node_boot", "node_cpu", "perf_cpu_")
    others += ("node_network_transmit_",)
    assert all(series.startswith((*sharing, *others)) for series in lost)
    (tree / "proc" / file).write_bytes(whole)
    assert samples_of(scraper.scrape(TEXT))[success(collector)] == 1


@pytest.mark.parametrize(("file", "collector", "prefix"), SPOILT)
def test_a_missing_file_costs_one_collector(
    file: str, collector: str, prefix: str, tree: Path
) -> None:
    (tree / "proc" / file).unlink()
    page = samples_of(scraper_over(tree).scrape(TEXT))
    assert page[success(collector)] == 0
    assert page[success("machine")] == 1
    assert not [series for series in page if series.startswith(prefix)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_costs_one_collector(tree: Path) -> None:
    (tree / "proc" / "loadavg").chmod(0)
    assert samples_of(scraper_over(tree).scrape(TEXT))[success("loadavg")] == 0


class Burning:
    """A collector that uses the CPU for that many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def collect(self) -> list[Block]:
        end = time.thread_time() + self._seconds
        while time.thread_time() < end:
            pass
        return []


class OneValueShort:
    """A collector with a mistake: two series, and a value for one of them."""

    def collect(self) -> list[Block]:
        family = Family("broken", "gauge", "One value short.", ("of",))
        return [Block(Layout([Series(family, ("a",)), Series(family, ("b",))]), [b"1"])]


def test_a_block_that_cannot_be_rendered_costs_itself_only(
    tree: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = scraper_over(tree)
    sources = Sources(Paths(tree / "proc", tree / "sys"))
    scraper = Scraper({**whole.collectors, "broken": OneValueShort()}, sources)
    for _ in range(2):
        page = samples_of(scraper.scrape(TEXT))
        assert page["node_load1"]
        assert not [series for series in page if series.startswith("broken")]
    assert len([r for r in caplog.records if "is left out" in r.message]) == 1


def test_cpu_time_is_counted_for_the_collector_that_used_it(tree: Path) -> None:
    collectors = {"idle": Burning(0.0), "busy": Burning(0.05)}
    scraper = Scraper(collectors, Sources(Paths(tree, tree, tree)))
    scraper.scrape(TEXT)
    page = samples_of(scraper.scrape(TEXT))
    used = {
        name: page[f'perf_exporter_collector_cpu_seconds_total{{collector="{name}"}}']
        for name in collectors
    }
    assert used["busy"] >= 0.1
    assert used["idle"] < used["busy"]


class Nothing:
    """A collector of what the machine does not have."""

    def __init__(self) -> None:
        self.looks = 0

    def collect(self) -> list[Block]:
        self.looks += 1
        raise NothingToRead


def test_a_collector_that_rests_takes_no_time(tree: Path) -> None:
    nothing = Nothing()
    scraper = Scraper({"nothing": nothing}, Sources(Paths(tree, tree, tree)))
    durations, looks = [], []
    for _ in range(ABSENT_SCRAPES + 1):
        page = samples_of(scraper.scrape(TEXT))
        assert page[success("nothing")] == 0
        durations.append(page['node_scrape_collector_duration_seconds{collector="nothing"}'] > 0)
        looks.append(nothing.looks)
    assert looks == [1] * ABSENT_SCRAPES + [2]
    assert durations == [True] + [False] * (ABSENT_SCRAPES - 1) + [True]
