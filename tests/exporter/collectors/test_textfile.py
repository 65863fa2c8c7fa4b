"""Directories of text files: mtime, errors, names that others show, files that change."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.textfile import files
from exporter.collectors.textfile.files import TextFiles, read_whole
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import samples_of, scraper_of

ERROR = "node_textfile_scrape_error"


class Machine:
    """A machine with nothing but a load average, and directories of text files."""

    def __init__(self, folder: Path, *patterns: str) -> None:
        (folder / "proc").mkdir()
        (folder / "sys").mkdir()
        (folder / "proc" / "loadavg").write_text("0.1 0.2 0.3 1/2 3\n")
        self.scraper = scraper_of(
            f"--path.procfs={folder / 'proc'}",
            f"--path.sysfs={folder / 'sys'}",
            "--collector.disable-defaults",
            "--collector.loadavg",
            "--collector.textfile",
            *(f"--collector.textfile.directory={folder / pattern}" for pattern in patterns),
        )

    def scrape(self) -> dict[str, float]:
        page = self.scraper.scrape(TEXT)
        samples = samples_of(page)
        assert page.count(b"# TYPE node_load1 ") == 1
        return {
            series: value
            for series, value in samples.items()
            if not series.startswith(("node_scrape_", "node_exporter_", "perf_exporter_"))
        }


def put(path: Path, text: str, mtime: int = 1_700_000_000) -> Path:
    """Replace a file as its writers should: a new one, renamed."""
    path.parent.mkdir(exist_ok=True, parents=True)
    fresh = path.with_name(".fresh")
    fresh.write_text(text)
    os.utime(fresh, (mtime, mtime + 0.75))
    fresh.rename(path)
    return path


def mtime(path: Path) -> str:
    return f'node_textfile_mtime_seconds{{file="{path}"}}'


def test_no_directory_is_no_error(tmp_path: Path) -> None:
    assert Machine(tmp_path).scrape()[ERROR] == 0


def test_files_are_shown_with_their_time(tmp_path: Path) -> None:
    path = put(tmp_path / "text" / "a.prom", "a 1\n")
    put(tmp_path / "text" / "a.prom.tmp", "b 1\n")
    samples = Machine(tmp_path, "text").scrape()
    assert samples["a"] == 1
    assert samples[mtime(path)] == 1_700_000_000
    assert samples[ERROR] == 0
    assert "b" not in samples


def test_several_directories_and_globs(tmp_path: Path) -> None:
    for i, folder in enumerate(("one", "job-1/text", "job-2/text")):
        put(tmp_path / folder / "x.prom", f'x{{n="{i}"}} 1\n')
    samples = Machine(tmp_path, "one", "job-*/text").scrape()
    assert {series for series in samples if series.startswith("x{")} == {
        f'x{{n="{i}"}}' for i in range(3)
    }
    assert samples[ERROR] == 0


@pytest.mark.parametrize("pattern", ["missing", "missing-*"])
def test_a_directory_that_there_is_not(pattern: str, tmp_path: Path) -> None:
    assert Machine(tmp_path, pattern).scrape()[ERROR] == 1


def test_a_bad_file_costs_itself_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    good = put(tmp_path / "text" / "good.prom", "good 1\n")
    bad = put(tmp_path / "text" / "bad.prom", "bad 1\nbad bad\n")
    (tmp_path / "text" / "gone.prom").symlink_to("nowhere")
    os.mkfifo(tmp_path / "text" / "pipe.prom")
    machine = Machine(tmp_path, "text")
    with caplog.at_level(logging.ERROR):
        samples = machine.scrape()
        machine.scrape()
    assert samples["good"] == 1
    assert mtime(good) in samples
    assert mtime(bad) not in samples
    assert not any(series.startswith("bad") for series in samples)
    assert samples[ERROR] == 1
    named = sorted(record.message.partition(": ")[2][:200] for record in caplog.records)
    assert [name.rpartition("/text/")[2].partition(":")[0] for name in named] == [
        "bad.prom",
        "gone.prom",
        "pipe.prom",
    ]
    for name in ("gone.prom", "pipe.prom"):
        (tmp_path / "text" / name).unlink()
    put(bad, "bad 2\n")
    samples = machine.scrape()
    assert (samples["bad"], samples[ERROR]) == (2, 0)


def test_a_family_in_two_files(tmp_path: Path) -> None:
    put(tmp_path / "text" / "1.prom", '# HELP a Words.\n# TYPE a gauge\na{x="1"} 1\n')
    put(tmp_path / "text" / "2.prom", '# HELP a Words.\n# TYPE a gauge\na{x="2"} 2\n')
    put(tmp_path / "text" / "3.prom", '# HELP a Other words.\n# TYPE a gauge\na{x="3"} 3\n')
    put(tmp_path / "text" / "4.prom", '# HELP a Words.\n# TYPE a counter\na{x="4"} 4\nb 4\n')
    put(tmp_path / "text" / "5.prom", '# HELP a Words.\n# TYPE a gauge\na{x="1"} 5\n')
    machine = Machine(tmp_path, "text")
    samples = machine.scrape()
    shown = {series: value for series, value in samples.items() if series[:2] in ("a{", "b")}
    assert shown == {'a{x="1"}': 1, 'a{x="2"}': 2, "b": 4}
    assert samples[ERROR] == 1


@pytest.mark.parametrize(
    "text",
    [
        "node_load1 9\n",
        "# TYPE node_load1 histogram\nnode_load1_sum 9\n",
        "node_scrape_collector_success 9\n",
        'node_textfile_mtime_seconds{file="x"} 9\n',
    ],
)
def test_names_that_the_exporter_shows_are_not_taken(text: str, tmp_path: Path) -> None:
    put(tmp_path / "text" / "a.prom", text + "mine 1\n")
    machine = Machine(tmp_path, "text")
    for _ in range(2):
        samples = machine.scrape()
        assert samples["node_load1"] == 0.1
        assert 9 not in samples.values()
        assert samples["mine"] == 1
        assert samples[ERROR] == 1
    put(tmp_path / "text" / "a.prom", "mine 2\n")
    samples = machine.scrape()
    assert (samples["mine"], samples[ERROR]) == (2, 0)


def test_a_name_is_free_again_when_its_collector_shows_nothing(tmp_path: Path) -> None:
    put(tmp_path / "text" / "a.prom", "node_load1 9\n")
    machine = Machine(tmp_path, "text")
    assert machine.scrape()["node_load1"] == 0.1
    (tmp_path / "proc" / "loadavg").write_text("nonsense")
    samples = machine.scrape()
    assert (samples["node_load1"], samples[ERROR]) == (9, 0)


def test_only_files_that_changed_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reading(path: str) -> tuple[bytes, files.FileIdentity]:
        read.append(Path(path).name)
        return read_whole(path)

    monkeypatch.setattr(files, "read_whole", reading)
    for name in "ab":
        put(tmp_path / f"{name}.prom", f"{name} 1\n")
    looking = TextFiles([str(tmp_path)])
    first = looking.read()
    assert looking.read() == first
    put(tmp_path / "b.prom", "b 2\n")
    looking.read()
    assert read == ["a.prom", "b.prom", "b.prom"]


def test_a_file_that_grows_while_it_is_read_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / "a.prom", "a 1\n")
    asked = os.fstat

    def growing(descriptor: int) -> os.stat_result:
        facts = asked(descriptor)
        with path.open("a") as stream:
            stream.write("b 1\n")
        return facts

    monkeypatch.setattr(files.os, "fstat", growing)
    with pytest.raises(CollectorError, match="changed while it was read"):
        read_whole(str(path))
