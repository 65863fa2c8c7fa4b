"""What bytes of a file are a document: JSON in its encodings, numbers, depth."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from perfanalysis.results import reading
from tests.perfanalysis.results.made import IMPORTED, VALID, changed


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999"])
def test_numbers_that_json_does_not_have_are_refused(tmp_path: Path, text: str) -> None:
    # An imported curve has no interval, by whose order a value could be told to be none.
    levels = [{"busy": 50, "units_per_second": 7031250}]
    more = {"imported": dict(IMPORTED), "levels": levels, "schema_version": 2}
    curve = changed(lambda d: d.update(more))
    curve.pop("max_units_per_second")
    path = tmp_path / "curve.json"
    path.write_text(json.dumps(curve))
    assert reading.read(path).levels[0].units_per_second == 7031250
    path.write_text(json.dumps(curve).replace("7031250", text))
    with pytest.raises(InputError, match=r"units_per_second: expected numbers as JSON has them"):
        reading.read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_an_editor_of_windows_wrote(encoding: str) -> None:
    made = changed(lambda d: d["machine"].update(name="Zürich"))
    data = json.dumps(made, ensure_ascii=False).encode(encoding)
    assert reading.parse(data, "here") == reading.from_json(made, "here")
    evil = json.dumps(made | {"profile": "a\x9b2J"}, ensure_ascii=False).encode(encoding)
    with pytest.raises(InputError, match="profile: expected text without control characters"):
        reading.parse(evil, "here")


@pytest.mark.parametrize("depth", [300, 600, 900, 5000])
@pytest.mark.parametrize("inner", ["1", '"\\n"', "NaN"])
def test_what_is_nested_deeply_is_read_or_refused(depth: int, inner: str) -> None:
    text = json.dumps(VALID).replace('"settings": {}', '"settings": {"a": ' + "[" * depth)
    with contextlib.suppress(InputError):
        reading.parse(f"{text[:-1]}{inner}{']' * depth}}}}}".encode(), "here")


def test_half_of_a_character_is_refused() -> None:
    data = json.dumps(changed(lambda d: d["machine"].update(name="\ud800"))).encode()
    with pytest.raises(InputError, match="half of a character stands in it"):
        reading.parse(data, "here")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", json.dumps([]).encode(), b"[" * 100_000]
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(str(path))):
        reading.read(path)
