"""From documents to bytes: made once, valid, and whole on the disk."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results import reading, writing
from tests.perfanalysis.results.made import VALID, changed

DOCUMENT = reading.from_json(VALID, "here")


def test_what_is_written_can_be_read_and_is_what_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    encoded = writing.encode(DOCUMENT)
    writing.write(path, encoded)
    assert path.read_bytes() == encoded.data
    assert reading.read(path) == DOCUMENT
    assert writing.read(path) == encoded
    assert list(json.loads(encoded.data))[:3] == ["schema_version", "test_id", "kernel"]


def test_bytes_of_an_old_version_are_sent_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(VALID))
    document, data = writing.read(path)
    assert (document.schema_version, data) == (3, path.read_bytes())


def test_many_slices_are_written_as_a_block_and_read_as_a_list(tmp_path: Path) -> None:
    many: list[dict[str, Any]] = [
        {"start_seconds": 1795464900.0 + i * 0.05, "duration_seconds": 0.05, "units": 67.0 + i % 7}
        for i in range(writing.MOST_LISTED + 1)
    ]
    many[7]["excluded"] = ["steal", "warm-up"]
    many[8]["lost_ratio"] = 0.25
    long = changed(lambda d: d["levels"][0].update(slices=many, slices_excluded=1))
    document, path = reading.from_json(long, "here"), tmp_path / "a.json"
    writing.write(path, writing.encode(document))
    assert reading.read(path) == document
    stored = json.loads(path.read_bytes())["levels"][0]["slices"]
    assert stored["count"] == len(many)
    assert path.stat().st_size < len(json.dumps(long)) / 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kernel": ""}, "curve.jsonl: kernel: expected a text of the form"),
        ({"valid": False}, "curve.jsonl: valid: expected true without invalid_reasons"),
        ({"duration_seconds": math.nan}, "curve.jsonl: expected numbers as JSON has them"),
        ({"profile": "a\x9b2J"}, "curve.jsonl: profile: expected text without control"),
    ],
)
def test_an_invalid_document_is_never_encoded(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        writing.encode(structs.replace(DOCUMENT, **change), "curve.jsonl")


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PerfAnalysisError, match="cannot be written: No such file"):
        writing.write(tmp_path / "absent" / "a.json", writing.encode(DOCUMENT))
