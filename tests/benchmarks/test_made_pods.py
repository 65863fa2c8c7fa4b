"""The made control groups, and that the list of files is what a scrape reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.made_pods import (
    CONTAINER_FILES,
    POD_FILES,
    PROCESSES,
    groups_of,
    read_list,
    write_version_2,
)
from benchmarks.process import cpu_seconds
from benchmarks.told_programs import ToldProgram
from exporter.page.scraping import Scraper
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import samples_of, scraper_of

PODS, CONTAINERS = groups_of(2, 3)


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    write_version_2(tmp_path / "sys", PODS, CONTAINERS)
    return tmp_path / "sys"


def scraped(sysfs: Path) -> Scraper:
    flags = ("--collector.disable-defaults", "--collector.cgroup", f"--path.sysfs={sysfs}")
    return scraper_of(*flags)


def page(scraper: Scraper) -> dict[str, float]:
    """The collector's own series."""
    own = ("container_", "perf_container", "perf_pod")
    samples = samples_of(scraper.scrape(TEXT))
    return {name: value for name, value in samples.items() if name.startswith(own)}


def test_pods_and_containers_are_found(sysfs: Path) -> None:
    found = page(scraped(sysfs))
    assert found["perf_containers"] == 6
    assert sum(name.startswith("container_memory_usage_bytes{") for name in found) == 2 + 6
    assert sum(name.startswith("perf_pod_info{") for name in found) == 2
    assert sum('device="/dev/nvme0n1"' in name for name in found) == 4 * 6


@pytest.mark.parametrize("kind", ["pod", "container"])
def test_the_list_is_what_a_scrape_reads(sysfs: Path, kind: str) -> None:
    path, listed = {
        "pod": (PODS[0], POD_FILES),
        "container": (CONTAINERS[0], (*CONTAINER_FILES, PROCESSES)),
    }[kind]
    folder = sysfs / "fs" / "cgroup" / path.lstrip("/")
    scraper = scraped(sysfs)
    before = page(scraper)
    for file in sorted(entry for entry in folder.iterdir() if entry.is_file()):
        text = file.read_text()
        file.unlink()
        assert (page(scraper) != before) is (file.name in listed), file.name
        file.write_text(text)


@pytest.mark.skipif(shutil.which("cc") is None, reason="cc is not on this machine")
def test_the_c_program_reads_the_list(sysfs: Path, tmp_path: Path) -> None:
    listed = read_list(f"{sysfs}/fs/cgroup", PODS, CONTAINERS)
    assert listed.count("\n") == 2 * (1 + len(POD_FILES)) + 6 * (2 + len(CONTAINER_FILES))
    (tmp_path / "list").write_text(listed)
    with ToldProgram("read_groups", (tmp_path / "list",), tmp_path) as reader:
        before = cpu_seconds(reader.pid)
        reader.do()
        assert cpu_seconds(reader.pid) > before
