"""Files that a replay makes, and those that it finds left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfanalysis.errors import PerfAnalysisError
from workload.replaying.own_files import JOURNAL, OwnFiles


def test_a_file_is_in_the_journal_before_it_exists_and_both_go(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    with OwnFiles(tmp_path) as files:
        files.make(folder)
        (made,) = folder.iterdir()
        assert json.loads((tmp_path / JOURNAL).read_text()) == [str(made)]
        assert made.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == []
    assert not (tmp_path / JOURNAL).exists()


def test_what_was_left_behind_is_removed_and_nothing_else(tmp_path: Path) -> None:
    ours = tmp_path / f".perfanalysis-replay-{'0' * 32}"
    others = [tmp_path / name for name in ("data.db", ".perfanalysis-replay-notes")]
    link = tmp_path / f".perfanalysis-replay-{'1' * 32}"
    for path in [ours, *others]:
        path.write_text("content")
    link.symlink_to(others[0])
    listed = [str(path) for path in [ours, *others, link, tmp_path / "gone"]]
    (tmp_path / JOURNAL).write_text(json.dumps([*listed, 7, f".perfanalysis-replay-{'2' * 32}"]))
    with OwnFiles(tmp_path) as files:
        assert files.left_behind == [ours]
    assert not ours.exists()
    assert all(path.read_text() == "content" for path in others)
    assert link.is_symlink()


def test_a_journal_that_nobody_understands_is_no_reason_to_remove(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text("{")
    with pytest.raises(PerfAnalysisError, match="remove them by hand"), OwnFiles(tmp_path):
        pass
    assert (tmp_path / JOURNAL).read_text() == "{"


def test_a_folder_that_takes_no_file(tmp_path: Path) -> None:
    with (
        OwnFiles(tmp_path) as files,
        pytest.raises(PerfAnalysisError, match="no file can be made"),
    ):
        files.make(tmp_path / "missing")
    assert not (tmp_path / JOURNAL).exists()
