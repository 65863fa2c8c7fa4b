"""Kept files: when they are read, and when they are looked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exporter.collecting import Collector, NothingToRead
from exporter.page.scraping import Scraper
from exporter.sources.attributes import Attributes
from exporter.sources.files import ABSENT_SCRAPES, Paths, Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT, Block, Layout
from tests.exporter.conftest import samples_of


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(Paths(procfs=tmp_path, sysfs=tmp_path))


def test_a_file_that_is_not_there_is_looked_for_at_every_fourth_scrape(
    tmp_path: Path, sources: Sources
) -> None:
    file, attributes = sources.proc("late"), Attributes(sources)
    found = []
    for scrape in range(2 * ABSENT_SCRAPES):
        if scrape == 1:
            (tmp_path / "late").write_bytes(b"1\n")
        sources.begin_scrape()
        try:
            found.append((file.read(), attributes.read(str(tmp_path / "late"))))
        except FileNotFoundError as error:
            assert error.filename == str(tmp_path / "late")
            assert attributes.read(str(tmp_path / "late")) is None
    assert found == [(b"1\n", b"1")] * ABSENT_SCRAPES


def test_devices_of_an_empty_folder_are_looked_for_at_every_fourth_scrape(
    tmp_path: Path, sources: Sources
) -> None:
    attributes, folders = Attributes(sources), [str(tmp_path / "late"), str(tmp_path / "empty")]
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "other").mkdir()
    found: list[list[list[str]]] = []
    for scrape in range(2 * ABSENT_SCRAPES):
        if scrape == 1:
            for folder in folders:
                Path(folder, "dev1").mkdir(parents=True)
        sources.begin_scrape()
        found.append([attributes.if_present(folder, "dev") for folder in folders])
    assert found[:ABSENT_SCRAPES] == [[[], []]] * ABSENT_SCRAPES
    assert found[ABSENT_SCRAPES:] == [[["dev1"], ["dev1"]]] * ABSENT_SCRAPES
    with pytest.raises(FileNotFoundError):
        attributes.names(str(tmp_path / "never"))


def test_a_collector_with_nothing_to_read_is_asked_at_every_fourth_scrape(
    sources: Sources,
) -> None:
    class Late(Collector):
        asked = 0

        def collect(self) -> list[Block]:
            self.asked += 1
            if self.asked == 1:
                raise NothingToRead
            return [Block(Layout([Series(Family("late", "gauge", "Test."))]), [b"1"])]

    late = Late()
    scraper = Scraper({"late": late}, sources)
    shown = ["late" in samples_of(scraper.scrape(TEXT)) for _ in range(2 * ABSENT_SCRAPES)]
    assert shown == [False] * ABSENT_SCRAPES + [True] * ABSENT_SCRAPES
    assert late.asked == 1 + ABSENT_SCRAPES


@pytest.mark.parametrize("size", [0, 1, 4000, 4096, 4097, 40000])
def test_files_are_read_whole(tmp_path: Path, sources: Sources, size: int) -> None:
    (tmp_path / "file").write_bytes(b"x" * size)
    sources.begin_scrape()
    (tmp_path / "stat").symlink_to("file")
    for file in (
        sources.proc("file"),
        sources.proc("stat"),
        sources.sys("file"),
        sources.proc("./file", 256),
    ):
        sources.begin_scrape()
        assert file.read() == b"x" * size


def test_what_cannot_be_read_is_named(tmp_path: Path, sources: Sources) -> None:
    """It can be opened, and read(2) knows no name."""
    (tmp_path / "folder").mkdir()
    for read in (sources.proc("folder").read, sources.sys("folder").read):
        sources.begin_scrape()
        with pytest.raises(IsADirectoryError, match=r"/folder'$"):
            read()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=r"Illegal seek: '.*/pipe'$"):
        Attributes(sources).read(str(tmp_path / "pipe"))
