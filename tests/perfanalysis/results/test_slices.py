"""Blocks of slices: whole, damaged, and left alone."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.errors import InputError
from perfanalysis.results import reading, slices
from tests.perfanalysis.results.made import changed


def packed(columns: dict[str, list[Any]]) -> dict[str, Any]:
    """A block of these columns."""
    data = base64.b64encode(zlib.compress(json.dumps(columns).encode())).decode()
    return {"encoding": slices.ENCODING, "count": 1, "data": data}


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"data": "%"}, "levels[0].slices.data: expected base64 of deflated JSON"),
        ({"data": "AAAA"}, "levels[0].slices.data: expected base64 of deflated JSON"),
        ({"count": 2}, "levels[0].slices.data.duration_seconds: expected a list of 2 values"),
        ({"count": 0}, "levels[0].slices.count: expected"),
        ({"encoding": "gzip"}, "slices.encoding: expected columns+zlib+base64, found 'gzip'"),
        (
            packed({"duration_seconds": [0.05], "units": [1.0], "busy_ratio": [1.5]}),
            "levels[0].slices.data[0].busy_ratio: expected a number of at most 1, found 1.5",
        ),
        (
            packed({"duration_seconds": [0.05], "units": [1.0], "excluded": [["a\x1b"]]}),
            "levels[0].slices.data.excluded[0]: expected reasons, found a list",
        ),
        (
            packed({"duration_seconds": [0.05], "units": [True]}),
            "levels[0].slices.data.units[0]: expected a number of at least 0, found true",
        ),
        (
            packed({"duration_seconds": [0.05]}),
            "levels[0].slices.data.units: expected a column of numbers, which is missing",
        ),
        (
            packed({"duration_seconds": [0], "units": [1.0]}),
            "levels[0].slices.data.duration_seconds[0]: expected a number of at least 0, found 0",
        ),
        (
            packed({"duration_seconds": [0.05], "units": [1.0], "excluded": [[]]}),
            "levels[0].slices.data.excluded[0]: expected reasons, found an empty list",
        ),
    ],
)
def test_a_damaged_block_is_refused_with_its_place(block: dict[str, Any], message: str) -> None:
    whole = packed({"duration_seconds": [0.05], "units": [67.0]}) | block
    broken = changed(lambda d: d["levels"][0].update(slices=whole))
    with pytest.raises(InputError, match=re.escape(message)):
        reading.from_json(broken, "here")


def test_blocks_are_left_alone_when_only_figures_are_wanted(tmp_path: Path) -> None:
    block = packed({"duration_seconds": [0.05]})
    path = tmp_path / "a.json"
    path.write_text(json.dumps(changed(lambda d: d["levels"][0].update(slices=block))))
    document = reading.read(path, whole=False)
    assert slices.count(document.levels[0].slices or ()) == 1
    with pytest.raises(InputError, match="units: expected a column"):
        reading.read(path)
