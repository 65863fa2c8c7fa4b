from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loadtest import document
from perfanalysis.errors import InputError, PerfAnalysisError

LEVEL: dict[str, Any] = {
    "busy": 100,
    "units_per_second": 1340.0,
    "lower": 1330.0,
    "upper": 1350.0,
    "busy_ratio": 1.0,
    "steal_ratio": 0.0,
    "duration_seconds": 0.3,
    "slices_excluded": 0,
    "slices": [{"duration_seconds": 0.05, "units": 67.0}],
}
VALID: dict[str, Any] = {
    "schema_version": 1,
    "test_id": "20261123T201500Z-rmw-1a2b3c4d",
    "kernel": "rmw",
    "kernel_version": "1",
    "profile": "custom",
    "timestamp_seconds": 1795464900.0,
    "duration_seconds": 1.0,
    "valid": True,
    "invalid_reasons": [],
    "max_units_per_second": 1340.0,
    "single_units_per_second": 680.0,
    "levels": [LEVEL],
    "unit": {"name": "rmw", "description": "one pass"},
    "machine": {"architecture": "x86_64", "logical_cpus": 2, "used_cpus": [0, 1]},
    "build": {"compiler": "gcc 12.2.0", "flags": "-O2"},
    "software": {"perfanalysis": "0.1.0"},
    "settings": {},
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    result = copy.deepcopy(VALID)
    change(result)
    return result


def test_a_valid_document_passes() -> None:
    assert document.validate(VALID, "here") is VALID


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ([], "here: expected"),
        (
            changed(lambda d: d.pop("levels")),
            "here: expected a valid value: 'levels' is a required",
        ),
        (changed(lambda d: d.update(schema_version=2)), "here: schema_version: expected"),
        (changed(lambda d: d.update(surprise=1)), "here: expected"),
        (changed(lambda d: d["levels"].clear()), "here: levels: expected"),
        (changed(lambda d: d["levels"][0].update(busy=101)), "here: levels[0].busy: expected"),
        (changed(lambda d: d["levels"][0].update(busy_ratio=1.5)), "here: levels[0].busy_ratio"),
        (
            changed(lambda d: d["levels"][0].update(lower=1400.0)),
            "here: levels[0].units_per_second: expected a value from lower to upper",
        ),
        (
            changed(lambda d: d["levels"].append(copy.deepcopy(LEVEL))),
            "here: levels: expected ascending busy levels, each once, found [100, 100]",
        ),
    ],
)
def test_a_broken_document_is_refused_with_its_field(broken: object, field: str) -> None:
    with pytest.raises(InputError, match=re.escape(field)):
        document.validate(broken, "here")


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    document.write(tmp_path / "a.json", VALID)
    assert document.read(tmp_path / "a.json") == VALID


def test_an_invalid_document_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        document.write(tmp_path / "a.json", changed(lambda d: d.pop("kernel")))
    assert list(tmp_path.iterdir()) == []


def test_numbers_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        document.encode(changed(lambda d: d["settings"].update(seed=float("nan"))))


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PerfAnalysisError, match="cannot be written: No such file"):
        document.write(tmp_path / "absent" / "a.json", VALID)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", json.dumps([]).encode()])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(str(path))):
        document.read(path)


def test_test_ids_sort_by_time_and_differ() -> None:
    first, second = (document.new_test_id("rmw", 1795464900.0) for _ in range(2))
    assert re.fullmatch(r"20261123T201500Z-rmw-[0-9a-f]{8}", first)
    assert first != second
