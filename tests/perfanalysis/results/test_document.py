from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results import document, slices

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


IMPORTED = {"format": "training-curve", "file": "a.jsonl", "perfanalysis": "0.1.0"}


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
        (changed(lambda d: d.update(schema_version=3)), "here: schema_version: expected"),
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
            "here: levels: expected ascending busy levels, each once, not [100, 100]",
        ),
        (changed(lambda d: d["levels"][0].pop("slices")), "here: levels[0]: expected"),
        (changed(lambda d: d["machine"].pop("used_cpus")), "here: machine: expected"),
        (
            changed(lambda d: d["levels"][0].update(slices_excluded=1)),
            "here: levels[0].slices_excluded: expected 0, as many as slices say",
        ),
        (
            changed(lambda d: d.update(max_units_per_second=1339.0)),
            "here: max_units_per_second: expected units_per_second of the level 100",
        ),
        (
            changed(lambda d: d["levels"][0].update(busy=90)),
            "here: max_units_per_second: expected nothing, as there is no level 100",
        ),
        (
            changed(lambda d: d.update(single_interval={"lower": 700.0, "upper": 710.0})),
            "here: single_units_per_second: expected a value from single_interval.lower",
        ),
        (changed(lambda d: d.update(valid=False)), "here: valid: expected true without"),
        (
            changed(lambda d: d["machine"].update(name="web\x1b[2J")),
            "here: machine.name: expected text without control characters",
        ),
        (
            changed(lambda d: d.update(imported=dict(IMPORTED), schema_version=1)),
            "here: schema_version: expected",
        ),
    ],
)
def test_a_broken_document_is_refused_with_its_field(broken: object, field: str) -> None:
    with pytest.raises(InputError, match=re.escape(field)):
        document.validate(broken, "here")


def test_an_imported_curve_needs_neither_intervals_nor_facts() -> None:
    kept = {key: VALID[key] for key in ("test_id", "kernel", "kernel_version", "profile")}
    kept |= {"schema_version": 2, "timestamp_seconds": 1.0, "machine": {"name": "web-1"}}
    kept |= {"levels": [{"busy": 50, "units_per_second": 136}], "imported": IMPORTED}
    assert document.validate(kept, "here") is kept
    kept["levels"] = [{"busy": 50, "units_per_second": 136, "lower": 130}]
    with pytest.raises(InputError, match="both lower and upper, or none"):
        document.validate(kept, "here")


def test_many_slices_are_written_as_a_block_and_read_as_a_list(tmp_path: Path) -> None:
    many: list[dict[str, Any]] = [
        {"start_seconds": 1795464900.0 + i * 0.05, "duration_seconds": 0.05, "units": 67.0 + i % 7}
        for i in range(document.MOST_LISTED + 1)
    ]
    many[7]["excluded"] = ["steal", "warm-up"]
    many[8]["lost_ratio"] = 0.25
    long = changed(lambda d: d["levels"][0].update(slices=many, slices_excluded=1))
    document.write(tmp_path / "a.json", long)
    assert document.read(tmp_path / "a.json") == long
    stored = json.loads((tmp_path / "a.json").read_bytes())["levels"][0]["slices"]
    assert stored["count"] == len(many)
    assert (tmp_path / "a.json").stat().st_size < len(json.dumps(long)) / 5


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"data": "%"}, "levels[0].slices.data: expected base64 of deflated JSON"),
        ({"data": "AAAA"}, "levels[0].slices.data: expected base64 of deflated JSON"),
        ({"count": 2}, "levels[0].slices.data.duration_seconds: expected a list of 2 values"),
        ({"count": 0}, "levels[0].slices.count: expected"),
        (
            slices.pack([{"duration_seconds": 0.05}]),
            "levels[0].slices.data.units: expected a column of numbers, which is missing",
        ),
        (
            slices.pack([{"duration_seconds": 0, "units": 1.0}]),
            "levels[0].slices.data.duration_seconds[0]: expected a number of at least 0, found 0",
        ),
        (
            slices.pack([{"duration_seconds": 0.05, "units": 1.0, "excluded": []}]),
            "levels[0].slices.data.excluded[0]: expected reasons, found an empty list",
        ),
    ],
)
def test_a_damaged_block_is_refused_with_its_place(block: dict[str, Any], message: str) -> None:
    whole = slices.pack([{"duration_seconds": 0.05, "units": 67.0}]) | block
    broken = changed(lambda d: d["levels"][0].update(slices=whole))
    with pytest.raises(InputError, match=re.escape(message)):
        document.validate(broken, "here")


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    document.write(tmp_path / "a.json", VALID)
    assert document.read(tmp_path / "a.json") == VALID


def test_an_invalid_document_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        document.write(tmp_path / "a.json", changed(lambda d: d.pop("kernel")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999"])
def test_numbers_that_json_does_not_have_are_refused(tmp_path: Path, text: str) -> None:
    # An imported curve has no interval, by whose order a value could be told to be none.
    levels = [{"busy": 50, "units_per_second": 7031250}]
    more = {"imported": dict(IMPORTED), "levels": levels, "schema_version": 2}
    curve = changed(lambda d: d.update(more))
    curve.pop("max_units_per_second")
    path = tmp_path / "curve.json"
    path.write_text(json.dumps(curve))
    assert document.read(path)["levels"] == levels
    path.write_text(json.dumps(curve).replace("7031250", text))
    with pytest.raises(InputError, match=r"curve\.json: expected numbers as JSON has them"):
        document.read(path)


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PerfAnalysisError, match="cannot be written: No such file"):
        document.write(tmp_path / "absent" / "a.json", VALID)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", json.dumps([]).encode(), b"[" * 100_000]
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(str(path))):
        document.read(path)


def test_test_ids_sort_by_time_and_differ() -> None:
    first, second = (document.new_test_id("rmw", 1795464900.0) for _ in range(2))
    assert re.fullmatch(r"20261123T201500Z-rmw-[0-9a-f]{8}", first)
    assert first != second


MEANS = {"mean_units_per_second": 1320.0, "mean_lower": 1300.0, "mean_upper": 1341.0}


def test_a_single_worker_is_a_level_with_packed_slices() -> None:
    single = LEVEL | MEANS | {"units_per_second": 680.0, "lower": 670.0, "upper": 690.0}
    single |= {"mean_units_per_second": 675.0, "mean_lower": 650.0, "mean_upper": 700.0}
    single |= {"workers": 1, "slices": [{"duration_seconds": 0.05, "units": 34.0}] * 1200}
    noise = {"covered_seconds": 4.0, "bimodal": {"slow_ratio": 0.82, "slow_share": 0.3}}
    made = VALID | {"single": single, "noise": noise, "levels": [LEVEL | MEANS]}
    written = json.loads(document.encode(made))
    assert written["single"]["slices"]["encoding"] == slices.ENCODING
    assert document.expanded(written, "here") == made
    with pytest.raises(InputError, match="single_units_per_second: expected units_per_second of"):
        document.validate(made | {"single_units_per_second": 681.0}, "here")
    with pytest.raises(InputError, match=r"single\.units_per_second: expected a value from lower"):
        document.validate(made | {"single": single | {"lower": 685.0}}, "here")


def test_an_interval_that_would_say_nothing_is_withheld_with_a_reason() -> None:
    bare = {key: value for key, value in LEVEL.items() if key not in {"lower", "upper"}}
    withheld = bare | {"interval_withheld": "the noise lasts too long"}
    document.validate(VALID | {"levels": [withheld]}, "here")
    for wrong in (bare, LEVEL | {"interval_withheld": "why"}):
        with pytest.raises(InputError):
            document.validate(VALID | {"levels": [wrong]}, "here")


def test_a_mean_lies_in_its_interval() -> None:
    wrong = LEVEL | MEANS | {"mean_lower": 1330.0}
    expected = r"levels\[0\]\.mean_units_per_second: expected a value from mean_lower to mean_upper"
    with pytest.raises(InputError, match=expected):
        document.validate(VALID | {"levels": [wrong]}, "here")
    half = {key: value for key, value in (LEVEL | MEANS).items() if key != "mean_upper"}
    with pytest.raises(InputError, match="both mean_lower and mean_upper"):
        document.validate(VALID | {"levels": [half]}, "here")
