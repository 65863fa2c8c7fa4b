"""The single worker as a level, means beside medians, and intervals that are withheld."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perfanalysis.errors import InputError
from perfanalysis.results import reading, slices, writing
from tests.perfanalysis.results.made import IMPORTED, LEVEL, VALID

MEANS = {"mean_units_per_second": 1320.0, "mean_lower": 1300.0, "mean_upper": 1341.0}
SINGLE = LEVEL | {
    "units_per_second": 680.0,
    "lower": 670.0,
    "upper": 690.0,
    "mean_units_per_second": 675.0,
    "mean_lower": 650.0,
    "mean_upper": 700.0,
    "workers": 1,
    "slices": [{"duration_seconds": 0.05, "units": 34.0}] * 1200,
}
NOISE = {"covered_seconds": 4.0, "bimodal": {"slow_ratio": 0.82, "slow_share": 0.3}}
MADE = VALID | {"schema_version": 2, "single": SINGLE, "noise": NOISE, "levels": [LEVEL | MEANS]}


def read(tree: dict[str, Any]) -> object:
    return reading.from_json(json.loads(json.dumps(tree)), "made")


def test_a_single_worker_is_a_level_with_packed_slices() -> None:
    document = reading.from_json(json.loads(json.dumps(MADE)), "made")
    written = json.loads(writing.encode(document).data)
    assert written["single"]["slices"]["encoding"] == slices.ENCODING
    assert reading.from_json(written, "written") == document


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"single_units_per_second": 681.0}, "single_units_per_second: expected units_per_second"),
        (
            {"single": SINGLE | {"lower": 685.0}},
            r"single\.units_per_second: expected a value from lower to upper",
        ),
        (
            {"levels": [LEVEL | MEANS | {"mean_lower": 1330.0}]},
            r"levels\[0\]\.mean_units_per_second: expected a value from mean_lower to mean_upper",
        ),
        (
            {"levels": [LEVEL | {"mean_units_per_second": 1320.0, "mean_lower": 1300.0}]},
            "both mean_lower and mean_upper",
        ),
    ],
)
def test_what_does_not_belong_together_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(MADE | changes)


def test_an_interval_that_would_say_nothing_is_withheld_with_a_reason() -> None:
    bare = {key: value for key, value in LEVEL.items() if key not in {"lower", "upper"}}
    read(VALID | {"levels": [bare | {"interval_withheld": "the noise lasts too long"}]})
    for wrong in (bare, LEVEL | {"interval_withheld": "why"}):
        with pytest.raises(InputError):
            read(VALID | {"levels": [wrong]})


RUNGS = [
    LEVEL | {"workers": workers, "units_per_second": rate, "lower": rate - 5, "upper": rate + 5}
    for workers, rate in ((2, 1000.0), (4, 1200.0))
]
EIGHT = {"machine": VALID["machine"] | {"used_cpus": [0, 2, 4, 6, 1, 3, 5, 7]}}


def test_a_ladder_has_the_single_worker_and_full_load_as_its_ends() -> None:
    tree = MADE | EIGHT | {"schema_version": 3, "ladder": RUNGS}
    document = reading.from_json(json.loads(json.dumps(tree)), "made")
    found = {workers: level.units_per_second for workers, level in document.rungs.items()}
    assert found == {1: 680.0, 2: 1000.0, 4: 1200.0, 8: 1340.0}
    written = json.loads(writing.encode(document).data)
    assert [rung["slices"]["count"] for rung in written["ladder"]] == [1, 1]
    assert reading.from_json(written, "written") == document


def test_without_a_ladder_its_ends_are_known_of_any_run() -> None:
    document = reading.from_json(json.loads(json.dumps(VALID | EIGHT)), "made")
    found = {workers: level.units_per_second for workers, level in document.rungs.items()}
    assert found == {1: 680.0, 8: 1340.0}
    # Another program's curve does not say how its workers were spread.
    curve = {"levels": [{"busy": 100, "units_per_second": 5.0}], "machine": EIGHT["machine"]}
    imported = {key: VALID[key] for key in ("test_id", "kernel", "kernel_version", "profile")}
    imported |= {"schema_version": 3, "timestamp_seconds": 1.0, "imported": IMPORTED}
    tree = imported | curve | {"max_units_per_second": 5.0}
    assert reading.from_json(tree, "imported").rungs == {}
