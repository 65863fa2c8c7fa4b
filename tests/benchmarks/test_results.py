from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks import results
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from perfanalysis.errors import InputError


def outcome(_: Settings) -> Outcome:
    figures = [
        Figure("time", "s", [0.001, 0.001], [0.01, 0.01], "peer", Goal("<= 1/8", 0.125)),
        Figure("errors", "", [0.0], goal=Goal("0", 0.0)),
    ]
    return Outcome({"ours": "1", "peer": "2"}, figures, {"samples": 3}, ["A note."])


CASE = Case("example", "What it does.", "peer", "<= 1/8", outcome)
DATE = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def made(tmp_path: Path) -> dict[str, Any]:
    done = CASE.run(Settings(tmp_path, False, print))
    return results.document(CASE, done, {"cpus": 2}, DATE, quick=False)


def test_document(tmp_path: Path) -> None:
    document = made(tmp_path)
    assert document["date"] == "2026-03-04T05:06:07+00:00"
    assert document["machine"] == {"cpus": 2}
    time, errors = document["figures"]
    assert time["ours"]["samples"] == [0.001, 0.001]
    assert time["ratio"] == {"value": 0.1, "lower": 0.1, "upper": 0.1, "level": 0.95}
    assert (time["verdict"], time["met"]) == ("met", True)
    assert errors == {
        "name": "errors",
        "unit": "",
        "ours": {"median": {"value": 0.0}, "samples": [0.0]},
        "goal": "0",
        "verdict": "met",
        "met": True,
    }


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    document = made(tmp_path)
    path = results.write(document, tmp_path / "results")
    assert path.name == "example.json"
    assert results.read_all(tmp_path / "results") == [document]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "\xff"])
def test_what_is_no_result_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "example.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"example\.json.*expected"):
        results.read(path)


def test_the_kept_results_can_be_read() -> None:
    for result in results.read_all(results.FOLDER):
        assert not result["quick"]
        assert "/tmp" not in json.dumps(result["facts"])
