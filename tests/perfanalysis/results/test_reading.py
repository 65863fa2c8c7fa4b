"""From bytes to documents: what is right, what is wrong and how it is said, and old versions."""

from __future__ import annotations

import base64
import copy
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from perfanalysis.results import reading, writing
from tests.perfanalysis.results.made import IMPORTED, LEVEL, VALID, changed

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures/results"
RUNG = LEVEL | {"workers": 2}
STEADY = {
    "steady": True,
    "duration_seconds": 70.0,
    "seconds_to_baseline": 40.0,
    "baseline_ratio": 0.2,
    "burst_units_per_second": 1000.0,
    "burst_lower": 990.0,
    "burst_upper": 1010.0,
    "baseline_units_per_second": 200.0,
    "baseline_lower": 199.0,
    "slices": [{"duration_seconds": 0.05, "units": 50.0}],
}


def test_a_valid_document_is_read_and_not_changed() -> None:
    before = copy.deepcopy(VALID)
    document = reading.from_json(VALID, "here")
    assert before == VALID
    assert writing.as_json(document) == VALID | {"schema_version": 3}
    assert document.full is document.levels[0]


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ([], "here: expected a JSON object, found an empty list"),
        (
            changed(lambda d: d.pop("levels")),
            "here: levels: expected this field, which is missing",
        ),
        (
            changed(lambda d: d.update(schema_version=4)),
            "here: schema_version: expected 1, 2 or 3",
        ),
        (changed(lambda d: d.pop("schema_version")), "here: schema_version: expected 1, 2 or 3"),
        (
            changed(lambda d: d.update(schema_version=True)),
            "here: schema_version: expected 1, 2 or 3",
        ),
        (changed(lambda d: d.update(surprise=1)), "here: surprise: expected no such field"),
        (
            changed(lambda d: d["levels"].clear()),
            "here: levels: expected a JSON array of",
        ),
        (
            changed(lambda d: d["levels"][0].update(busy=101)),
            "here: levels[0].busy: expected a number of at most 100, found 101",
        ),
        (
            changed(lambda d: d["levels"][0].update(busy_ratio=1.5)),
            "levels[0].busy_ratio: expected a number",
        ),
        (
            changed(lambda d: d["levels"][0].update(lower=1400.0)),
            "here: levels[0].units_per_second: expected a value from lower to upper",
        ),
        (
            changed(lambda d: d["levels"].append(copy.deepcopy(LEVEL))),
            "here: levels: expected ascending busy levels, each once, not [100, 100]",
        ),
        (
            changed(lambda d: d["levels"][0].pop("slices")),
            "here: levels[0].slices: expected this field, which is missing",
        ),
        (
            changed(lambda d: d["machine"].pop("used_cpus")),
            "here: machine.used_cpus: expected this",
        ),
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
            "here: schema_version: expected 2 or 3, as curves of other programs have it, found 1",
        ),
        (
            changed(lambda d: d["machine"].update(cores=True)),
            "here: machine.cores: expected a JSON integer, found true",
        ),
        (
            changed(lambda d: d["levels"][0].update(busy=100.0)),
            "here: levels[0].busy: expected a JSON integer, found 100.0",
        ),
        (
            changed(lambda d: d.update(kernel="R")),
            "here: kernel: expected a text of the form ^[a-z][a-z0-9_]*$, found 'R'",
        ),
        (
            changed(lambda d: d.update(software={"python": "3", "libc": 2})),
            "here: software.libc: expected a JSON string, found 2",
        ),
        (
            changed(lambda d: d.update(duration_seconds=10**400)),
            "here: duration_seconds: expected numbers as JSON has them, below 1e300",
        ),
        (
            changed(lambda d: d["settings"].update(deep=[{"much": -1e300}])),
            "here: settings.deep[0].much: expected a number below 1e+300",
        ),
        (
            changed(lambda d: d["machine"].update(later=[1e300])),
            "here: machine.later[0]: expected a number below 1e+300",
        ),
        (
            changed(lambda d: d["levels"][0].update(steal_ratio=None)),
            "here: levels[0].steal_ratio: expected a value or no such field, not null",
        ),
        (
            changed(lambda d: d.update(thresholds=[{"name": "valid<0", "passed": 1}])),
            "here: thresholds[0].passed: expected a JSON boolean, found 1",
        ),
        (
            changed(lambda d: d["machine"].update(used_cpus=[1, 1])),
            "here: machine.used_cpus: expected each CPU once",
        ),
        (
            changed(lambda d: d["machine"].update(numa_nodes=[{"cpus": "0"}])),
            "here: machine.numa_nodes[0].node: expected this field, which is missing",
        ),
        (
            changed(lambda d: d["machine"].update(caches=[{"level": 1}, {"level": True}])),
            "here: machine.caches[1].level: expected a JSON integer",
        ),
        (
            changed(lambda d: d["levels"][0]["slices"][0].pop("units")),
            "here: levels[0].slices[0].units: expected this field, which is missing",
        ),
        (
            changed(lambda d: d["levels"][0].update(slices=5)),
            "here: levels[0].slices: expected a JSON object or array, found 5",
        ),
        (
            changed(lambda d: d.update(ladder=[RUNG, RUNG | {"workers": 4}, RUNG])),
            "here: ladder: expected ascending numbers of workers above 1, at 100 % busy, not [2, ",
        ),
        (changed(lambda d: d.update(ladder=[LEVEL])), "here: ladder: expected ascending numbers"),
        (
            changed(lambda d: d.update(ladder=[RUNG | {"busy": 50}])),
            "here: ladder: expected ascending numbers",
        ),
        (
            changed(lambda d: d.update(ladder=[RUNG | {"upper": 1.0}])),
            "here: ladder[0].units_per_second: expected a value from lower to upper",
        ),
        (
            changed(
                lambda d: d.update(ladder=[{"busy": 100, "workers": 2, "units_per_second": 1}])
            ),
            "here: ladder[0].busy_ratio: expected this field, which is missing",
        ),
        (
            changed(lambda d: d.update(until_steady=STEADY)),
            "here: until_steady.baseline_upper: expected this field, which is missing",
        ),
    ],
)
def test_a_broken_document_is_refused_with_its_field(broken: object, field: str) -> None:
    with pytest.raises(InputError, match=re.escape(field)):
        reading.from_json(broken, "here")


def test_an_imported_curve_needs_neither_intervals_nor_facts() -> None:
    kept = {key: VALID[key] for key in ("test_id", "kernel", "kernel_version", "profile")}
    kept |= {"schema_version": 2, "timestamp_seconds": 1.0, "machine": {"name": "web-1"}}
    kept |= {"levels": [{"busy": 50, "units_per_second": 136}], "imported": IMPORTED}
    assert reading.from_json(kept, "here").valid is None
    kept["levels"] = [{"busy": 50, "units_per_second": 136, "lower": 130}]
    with pytest.raises(InputError, match="both lower and upper, or none"):
        reading.from_json(kept, "here")


def test_facts_of_a_later_version_are_kept() -> None:
    facts = {"later": {"a": [1, None]}, "others": 3, "cores": 2}
    document = reading.from_json(changed(lambda d: d["machine"].update(facts)), "here")
    assert document.machine.cores == 2
    assert document.machine.others == {"later": {"a": [1, None]}, "others": 3}
    assert writing.as_json(document)["machine"] == VALID["machine"] | facts


def test_a_document_that_says_twice_when_it_ended_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    text = json.dumps(VALID)
    path.write_text(text[:-1] + ', "timestamp_seconds": 1.0}')
    with pytest.raises(InputError, match="expected kernel, timestamp_seconds and valid once each"):
        reading.read(path)


@pytest.mark.parametrize(
    ("name", "version", "machine", "levels", "most"),
    [
        ("version-1", 1, "old-1", [50, 100], True),
        ("version-2", 2, "old-2", [20, 50, 100], True),
        ("version-2-block", 2, "old-3", [100], True),
        ("version-2-imported", 2, "old-4", [50, 100], True),
        ("version-3", 3, "old-5", [50, 100], True),
    ],
)
def test_documents_that_older_programs_wrote(
    name: str, version: int, machine: str, levels: list[int], most: bool
) -> None:
    path = FIXTURES / f"{name}.json"
    assert reading.check(path) == version
    document = reading.read(path)
    assert document.machine.name == machine
    assert [level.busy for level in document.levels] == levels
    assert (document.max_units_per_second is not None) == most
    # Nothing is lost on the way: written anew, it differs by the version alone.
    stored, ours = json.loads(path.read_bytes()), json.loads(writing.encode(document).data)
    for one in (stored, ours):
        for level in one["levels"]:
            if isinstance(level.get("slices"), dict):
                columns = zlib.decompress(base64.b64decode(level["slices"].pop("data")))
                level["slices"]["columns"] = json.loads(columns)
    assert ours == stored | {"schema_version": 3}


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(key=st.sampled_from(sorted(VALID)), inside=st.booleans(), value=JSON)
def test_no_document_raises_anything_else(key: str, inside: bool, value: Any) -> None:
    made = copy.deepcopy(VALID)
    if inside and isinstance(made[key], dict):
        made[key] |= {"name": value}
    else:
        made[key] = value
    try:
        reading.parse(json.dumps(made).encode(), "here")
    except InputError as error:
        assert error.where == "here"
