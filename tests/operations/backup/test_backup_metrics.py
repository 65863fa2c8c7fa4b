"""The metrics of backups: what is new is written, what else is there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.backup.backup_metrics import CREATED, PROVEN, SIZE, VERIFIED, note
from perfanalysis.errors import InputError


def lines(path: Path) -> set[str]:
    return {line for line in path.read_text().splitlines() if not line.startswith("#")}


def test_sources_are_noted_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "backup.prom"
    note(path, {CREATED: {"a": 100.0, "b": 100.0}, SIZE: {"a": 7.0}})
    note(path, {PROVEN: {"a": 1.0, "b": 0.0}, VERIFIED: {"a": 100.0}})
    note(path, {CREATED: {"b": 200.0}})
    assert lines(path) == {
        f'{CREATED}{{source="a"}} 100.0',
        f'{CREATED}{{source="b"}} 200.0',
        f'{SIZE}{{source="a"}} 7.0',
        f'{PROVEN}{{source="a"}} 1.0',
        f'{PROVEN}{{source="b"}} 0.0',
        f'{VERIFIED}{{source="a"}} 100.0',
    }


def test_a_file_of_others_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.prom"
    path.write_text("not metrics at all {\n")
    with pytest.raises(InputError, match="a file of metrics that this command wrote"):
        note(path, {CREATED: {"a": 1.0}})
    assert path.read_text() == "not metrics at all {\n"


def test_the_proof_of_an_older_backup_takes_nothing_back(tmp_path: Path) -> None:
    path = tmp_path / "backup.prom"
    note(path, {PROVEN: {"a": 0.0}, VERIFIED: {"a": 300.0}})
    note(path, {PROVEN: {"a": 1.0}, VERIFIED: {"a": 200.0}})
    assert lines(path) == {f'{PROVEN}{{source="a"}} 1.0', f'{VERIFIED}{{source="a"}} 300.0'}


def test_a_time_that_lies_ahead_does_not_stay(tmp_path: Path) -> None:
    path = tmp_path / "backup.prom"
    note(path, {VERIFIED: {"a": 9e9}})
    note(path, {VERIFIED: {"a": 200.0}})
    assert lines(path) == {f'{VERIFIED}{{source="a"}} 200.0'}
