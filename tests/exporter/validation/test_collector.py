"""The counters of violations on the page: there at 0 before anything was violated."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from exporter.collecting import Collector
from exporter.collectors import validation
from exporter.page import scraping
from exporter.page.scraping import Scraper
from exporter.sources.files import Paths, Sources
from exporter.validation.evaluation import Validator
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT, Block, Layout
from tests.exporter.conftest import samples_of, scraper_of

MALFORMED = 'perf_validation_violations_total{collector="loadavg",rule="malformed_source"}'


def violations(page: bytes) -> dict[str, float]:
    name = "perf_validation_violations_total"
    return {series: n for series, n in samples_of(page).items() if series.startswith(name)}


def test_each_violation_is_seen_to_come(tree: Path) -> None:
    source = tree / "proc" / "loadavg"
    good = source.read_text()
    scraper = scraper_of(
        f"--path.procfs={tree / 'proc'}",
        f"--path.sysfs={tree / 'sys'}",
        "--collector.disable-defaults",
        *(f"--collector.{name}" for name in ("loadavg", "meminfo", "validation")),
    )
    counted = []
    for text in (good, good, "nonsense\n", "nonsense\n", good):
        source.write_text(text)
        counted.append(violations(scraper.scrape(TEXT))[MALFORMED])
    assert counted == [0, 0, 1, 2, 2]


def test_all_that_hands_samples_over_has_its_counters_at_0(tree: Path) -> None:
    # A collector of its own page would only ever see counters that it makes.
    flags = (f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}")
    scraper = scraper_of(*flags, "--no-collector.time", "--no-collector.nfs")
    first, second = (violations(scraper.scrape(TEXT)) for _ in range(2))
    assert first.keys() == second.keys()
    named = {series.split('"')[1] for series in first if "malformed_source" in series}
    assert {"cpu", "filefd", "uname", "vmstat"} <= named
    assert named.isdisjoint({"nfs", "time", "validation"})


def test_an_impossible_combination_that_stays_is_counted_at_each_look() -> None:
    names = ("node_memory_MemFree_bytes", "node_memory_MemTotal_bytes")
    layout = Layout([Series(Family(name, "gauge", "Test.")) for name in names])
    validator = Validator()
    counted = []
    for now, values in enumerate(
        ([b"1", b"2"], [b"1", b"2"], [b"3", b"2"], [b"3", b"2"], [b"x", b"2"], [b"1", b"2"])
    ):
        with contextlib.suppress(ValueError):
            validator.observe("meminfo", [Block(layout, values)], float(now))
        finding = validator.findings.entries["meminfo", "free_above_total"]
        counted.append((finding.evaluations, finding.violations))
    assert counted == [(1, 0), (2, 0), (3, 1), (4, 2), (4, 2), (5, 2)]


def test_another_collector_that_takes_its_time_makes_no_cpu_faster_than_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(scraping, "monotonic_ns", lambda: int(clock[0] * 1e9))
    monkeypatch.setattr(validation, "monotonic", lambda: clock[0])
    layout = Layout(
        Series(Family("node_cpu_seconds_total", "counter", "Test.", ("cpu", "mode")), ("0", mode))
        for mode in ("idle", "user")
    )

    class Cpu(Collector):
        def collect(self) -> list[Block]:
            return [Block(layout, [b"%d" % clock[0], b"7"])]

    class Slow(Collector):
        takes = iter((5.0, 0.0, 0.0))

        def collect(self) -> list[Block]:
            clock[0] += next(self.takes)
            return []

    sources = Sources(Paths(tmp_path, tmp_path))
    observer = validation.ValidationCollector(sources, {})
    scraper = Scraper(
        {"cpu": Cpu(), "slow": Slow(), observer.name: observer}, sources, (), observer
    )
    seen = []
    for _ in range(3):
        seen.append(violations(scraper.scrape(TEXT)))
        clock[0] += 1.0
    rule = 'perf_validation_violations_total{collector="cpu",rule="cpu_faster_than_time"}'
    assert [page[rule] for page in seen[1:]] == [0, 0]
    sources.close()
