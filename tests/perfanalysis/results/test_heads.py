from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfanalysis.results import heads
from perfanalysis.results.heads import Head
from tests.perfanalysis.results.made import VALID

HEAD = Head("rmw", 1795464900.0, valid=True)


@pytest.mark.parametrize(
    ("data", "head"),
    [
        (json.dumps(VALID, indent=1).encode(), HEAD),
        (json.dumps(VALID, separators=(",", ":")).encode(), HEAD),
        (b'{"timestamp_seconds":17e8,"valid":true,"kernel":"a",', Head("a", 1.7e9, valid=True)),
        # A string that looks like a member, and members below another one.
        (b'{"profile": "\\"kernel\\": 1", "kernel": "a", "timestamp_seconds": 1, ', None),
        (b'{"profile": "kernel: 1, timestamp_seconds: 2", "kernel": "a", "x": 1, ', None),
        (b'{"machine": {"kernel": "a", "timestamp_seconds": 1, "b": 2}}', None),
        # A number that breaks off, or is none.
        (b'{"kernel": "a", "timestamp_seconds": 17', None),
        (b'{"kernel": "a", "timestamp_seconds": "17", ', None),
        (b'{"kernel": 5, "timestamp_seconds": 17, ', None),
        (b'{"kernel": "a", "timestamp_seconds": true, ', None),
        (b'{"kernel": "a", "timestamp_seconds": NaN, ', None),
        (b"", None),
        (b"[1, 2]", None),
        (b"\xff{", None),
    ],
)
def test_what_the_first_bytes_say(data: bytes, head: Head | None) -> None:
    assert heads.parse(data[: heads.BYTES]) == head


@pytest.mark.parametrize(
    ("text", "head"),
    [
        (json.dumps(VALID, sort_keys=True), HEAD),
        (json.dumps({"levels": ["x" * 5000]} | VALID), HEAD),
        (json.dumps({"profile": 'a"b'} | VALID), HEAD),
        ("{", None),
        ("[" * 100_000, None),
        (json.dumps({"kernel": "a"}), None),
    ],
)
def test_a_file_that_begins_with_something_else(
    tmp_path: Path, text: str, head: Head | None
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    assert heads.read(str(path)) == head


def test_a_file_with_a_mark_of_byte_order(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps(VALID).encode("utf-8-sig"))
    assert heads.read(str(path)) == HEAD
    path.write_bytes(json.dumps(VALID).encode("utf-16"))
    assert heads.read(str(path)) == HEAD


def test_only_files_that_may_be_documents_are_looked_at(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", ".made.json", "c.txt"):
        (tmp_path / name).write_text(json.dumps(VALID))
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "gone.json").symlink_to(tmp_path / "absent")
    (tmp_path / "half.json").write_text("{")
    assert list(heads.of_folder(str(tmp_path))) == [("a.json", HEAD), ("b.json", HEAD)]
