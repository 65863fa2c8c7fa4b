"""Which run is the latest, whatever became of the files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfanalysis.results import archive
from tests.perfanalysis.results.made import VALID


def write(folder: Path, name: str, ended: float, kernel: str = "rmw") -> Path:
    path = folder / f"{name}.json"
    made = VALID | {"test_id": name, "timestamp_seconds": ended, "kernel": kernel}
    path.write_text(json.dumps(made, indent=1))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three runs, of which ``b`` is the last one and ``c`` the newest file."""
    for name, ended in (("b", 300.0), ("a", 100.0), ("c", 200.0)):
        write(tmp_path, name, ended)
    return tmp_path


def order(folder: Path, kernel: str = "") -> list[str]:
    return [entry.document.test_id for entry in archive.latest(folder, kernel)]


def touch_the_oldest(folder: Path) -> None:
    os.utime(folder / "a.json", (4e9, 4e9))


def date_the_newest_back(folder: Path) -> None:
    os.utime(folder / "b.json", (1, 1))


def copy_the_oldest_under_a_late_name(folder: Path) -> None:
    shutil.copy(folder / "a.json", folder / "29991231T235959Z-rmw-00000000.json")
    (folder / "a.json").unlink()


def give_the_newest_an_early_name(folder: Path) -> None:
    (folder / "b.json").rename(folder / "00000101T000000Z-rmw-00000000.json")


def sort_the_keys_of_the_newest(folder: Path) -> None:
    path = folder / "b.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()), sort_keys=True))


def add_what_is_broken(folder: Path) -> None:
    text = write(folder, "half", 900.0).read_text()
    (folder / "half.json").write_text(text[:400])
    (folder / "none.json").write_text("")
    write(folder, "wrong", 950.0, kernel="Not a kernel")
    (folder / "folder.json").mkdir()


def add_one_that_says_twice_when_it_ended(folder: Path) -> None:
    text = write(folder, "twice", 960.0).read_text().rstrip().removesuffix("}")
    (folder / "twice.json").write_text(text + ', "timestamp_seconds": 150.0}')


@pytest.mark.parametrize(
    "change",
    [
        touch_the_oldest,
        date_the_newest_back,
        copy_the_oldest_under_a_late_name,
        give_the_newest_an_early_name,
        sort_the_keys_of_the_newest,
        add_what_is_broken,
        add_one_that_says_twice_when_it_ended,
    ],
)
def test_the_latest_run_is_what_the_documents_say(
    folder: Path, change: Callable[[Path], None]
) -> None:
    change(folder)
    assert order(folder) == ["b", "c", "a"]


def test_other_kernels_are_passed_over(folder: Path) -> None:
    write(folder, "i", 400.0, kernel="integer")
    assert order(folder) == ["i", "b", "c", "a"]
    assert order(folder, "rmw") == ["b", "c", "a"]
    assert order(folder, "vector") == []


def test_only_what_is_asked_for_is_decoded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    real = archive.reading.read

    def spy(path: Path, **more: Any) -> Any:
        read.append(path)
        return real(path, **more)

    monkeypatch.setattr(archive.reading, "read", spy)
    assert next(archive.latest(folder)).path == folder / "b.json"
    assert read == [folder / "b.json"]


@settings(max_examples=50)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_it_is_the_order_of_the_list(
    tmp_path_factory: pytest.TempPathFactory, ends: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    for number, ended in enumerate(ends):
        write(folder, f"run-{number}", float(ended))
    listed = [entry.document.test_id for entry in archive.read_folder(folder).entries]
    assert order(folder) == listed
