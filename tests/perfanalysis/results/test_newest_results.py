"""The newest result of each kernel, and that what does not change is not looked at."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from perfanalysis.results import newest_results
from perfanalysis.results.families import INFO
from perfanalysis.results.newest_results import NewestResults
from tests.exporter.collectors.test_loadtest import DOCUMENT

LONG_AGO = 1_700_000_000


def write(folder: Path, name: str, ended: float, kernel: str = "rmw") -> None:
    changes = {"test_id": name, "timestamp_seconds": ended, "kernel": kernel}
    made = folder / "made"
    made.write_text(json.dumps(DOCUMENT | changes))
    made.rename(folder / f"{name}.json")


def settle(folder: Path) -> None:
    """Make the folder's last change one of long ago."""
    os.utime(folder, (LONG_AGO, LONG_AGO))


def shown(newest: NewestResults) -> dict[str, str]:
    """The id of each kernel's result."""
    return {
        kernel: series.labels[2]
        for kernel, samples in newest.look().items()
        for series, _ in samples
        if series.family is INFO
    }


def test_files_that_come_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    newest = NewestResults(folder)
    assert shown(newest) == {}
    folder.mkdir()
    write(folder, "b", 20.0)
    write(folder, "a", 10.0)
    write(folder, "i", 5.0, kernel="integer")
    assert shown(newest) == {"rmw": "b", "integer": "i"}
    write(folder, "c", 15.0)
    assert shown(newest) == {"rmw": "b", "integer": "i"}
    # Of two that ended together it is the first name, as for `loadtest show latest`.
    write(folder, "d", 20.0)
    assert shown(newest) == {"rmw": "b", "integer": "i"}
    write(folder, "e", 20.5)
    assert shown(newest) == {"rmw": "e", "integer": "i"}
    (folder / "half.json").write_text("{")
    for name in ("b", "d", "e", "i"):
        (folder / f"{name}.json").unlink()
    assert shown(newest) == {"rmw": "c"}
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert shown(newest) == {}


def test_what_does_not_change_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "a", 10.0)
    newest = NewestResults(tmp_path)
    settle(tmp_path)
    before = newest.look()
    # Written over in place, which changes no folder.
    path = tmp_path / "a.json"
    path.write_text(path.read_text().replace('"rmw"', '"integer"'))
    assert newest.look() is before
    write(tmp_path, "b", 20.0)
    assert shown(newest) == {"integer": "a", "rmw": "b"}


def test_once_a_minute_all_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest_results, "LOOK_SECONDS", 0.0)
    write(tmp_path, "a", 10.0)
    settle(tmp_path)
    newest = NewestResults(tmp_path)
    assert shown(newest) == {"rmw": "a"}
    path = tmp_path / "a.json"
    path.write_text(path.read_text().replace('"rmw"', '"integer"'))
    assert shown(newest) == {"integer": "a"}


def test_a_folder_that_has_just_changed_is_looked_at_again(tmp_path: Path) -> None:
    write(tmp_path, "a", 10.0)
    changed = tmp_path.stat().st_mtime_ns
    newest = NewestResults(tmp_path)
    assert shown(newest) == {"rmw": "a"}
    # Within the resolution of the folder's time: it is the same as before.
    write(tmp_path, "b", 20.0)
    os.utime(tmp_path, ns=(changed, changed))
    assert shown(newest) == {"rmw": "b"}
