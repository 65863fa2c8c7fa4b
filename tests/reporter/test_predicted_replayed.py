"""A prediction beside the replay that followed it: values by hand, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from perfanalysis.cli import run
from perfanalysis.errors import InputError
from reporter.analysis.predicted_replayed import score
from reporter.asking.replay_documents import read_replayed
from reporter.settings.report import Config
from tests.reporter.conftest import END, START

BEGIN = 1_700_000_000
PREDICTED: dict[str, Any] = {
    "machine": "web-1",
    "source": "small",
    "starts": [BEGIN + 10.0 * i for i in range(4)],
    "times": [BEGIN + 10.0 * (i + 1) for i in range(4)],
    "recorded": {"cpu": [0.2, 0.4, None, 0.6]},
    "candidates": [
        {"name": "small", "over_time": {"cpu": [0.2], "cpu_lower": [0.2], "cpu_upper": [0.2]}},
        {
            "name": "one",
            "over_time": {
                "cpu": [0.4, 0.8, None, 1.2],
                "cpu_lower": [0.35, 0.7, None, 1.1],
                "cpu_upper": [0.45, 0.9, None, 1.3],
            },
        },
        {"name": "unmeasured"},
    ],
}
# From the second interval on; the fourth is beyond the machine.
REPLAYED: dict[str, Any] = {
    "resources": {},
    "over_time": {
        "machines": ["web-1"],
        "recorded_ends": [BEGIN + 10.0, BEGIN + 20.0, BEGIN + 30.0, BEGIN + 40.0],
        "seconds": [10.0] * 4,
        "resources": {
            "cpu": {"target": [0.4, 0.8, 0.5, 1.2], "actual": [0.41, 0.92, 0.5, 1.0]},
            "memory": {"target": [1.0] * 4, "actual": [1.0] * 4},
        },
    },
}


def config(
    folder: Path, predicted: object = (PREDICTED,), replayed: object = REPLAYED, on: str = ""
) -> Config:
    for name, value in (("predicted", predicted), ("replayed", replayed)):
        (folder / name).write_text(json.dumps(value))
    return Config(predicted=folder / "predicted", replayed=folder / "replayed", replayed_on=on)


def test_how_near_it_came(tmp_path: Path) -> None:
    found = read_replayed(config(tmp_path))
    assert found is not None
    assert (found.machine, found.candidate) == ("web-1", "one")
    assert found.predicted == pytest.approx([0.4, 0.8, np.nan, 1.2], nan_ok=True)
    came = score(found)
    assert came is not None
    assert (came.ticks, came.held, came.unreachable) == (2, 1, 1)
    assert came.mean_recorded == pytest.approx(0.3)
    assert came.mean_absolute_error == pytest.approx((0.01 + 0.12) / 2)
    assert came.bias == pytest.approx((-0.01 - 0.12) / 2)
    assert came.driving_error == pytest.approx((0.01 + 0.12) / 2)
    assert came.held_ratio == 0.5


def test_a_part_of_the_recording_meets_its_own_intervals(tmp_path: Path) -> None:
    part = {"target": [0.8, 1.2], "actual": [0.8, 1.0]}
    ticks = {"recorded_ends": [BEGIN + 20.0, BEGIN + 40.0], "resources": {"cpu": part}}
    found = read_replayed(config(tmp_path, replayed={"over_time": REPLAYED["over_time"] | ticks}))
    assert found is not None
    assert found.recorded.tolist() == [0.4, 0.6]


def test_without_settings_there_is_none() -> None:
    assert read_replayed(Config()) is None


def test_nothing_to_compare(tmp_path: Path) -> None:
    nothing = {"target": [None] * 4, "actual": [None] * 4}
    ticks = REPLAYED["over_time"] | {"resources": {"cpu": nothing}}
    found = read_replayed(config(tmp_path, replayed={"over_time": ticks}))
    assert found is not None
    assert score(found) is None


def over(**changes: object) -> dict[str, Any]:
    return {"over_time": REPLAYED["over_time"] | changes}


LATE = [BEGIN + 1000.0 + i for i in range(4)]
NOT_OVER_TIME = PREDICTED | {"candidates": [{"name": "one"}]}
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"replayed": {}}, "replayed: over_time: expected a replay's JSON with --over-time"),
    ({"replayed": over(machines=["a", "b"])}, "machines: expected a replay of one recording"),
    ({"replayed": over(machines=["b"])}, "machine: expected the replayed machine b, found 'web-1'"),
    ({"replayed": over(resources={})}, "resources.cpu: expected a replay that drove CPUs"),
    ({"replayed": over(recorded_ends=[1.0])}, "over_time: expected arrays of one length"),
    ({"replayed": over(recorded_ends=LATE)}, "times: expected times of the recording"),
    ({"replayed": over(recorded_ends="x")}, "over_time.recorded_ends: expected a JSON array"),
    ({"predicted": [NOT_OVER_TIME]}, "expected a prediction's JSON with --over-time"),
    ({"predicted": {}}, "predicted: expected a JSON array"),
    ({"on": "nobody"}, "replayed_on: expected the candidate on which it was replayed: one of"),
    (
        {"predicted": [PREDICTED | {"source": None}]},
        "replayed_on: expected the candidate on which it was replayed: one of small, one",
    ),
]


@pytest.mark.parametrize(("given", "message"), FAULTS)
def test_what_does_not_go_together(tmp_path: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_replayed(config(tmp_path, **given))
    assert message in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    whole = config(tmp_path)
    with pytest.raises(InputError, match="expected both of predicted and replayed, or neither"):
        read_replayed(replace(whole, replayed=None))
    with pytest.raises(InputError, match="nowhere: expected a readable file"):
        read_replayed(replace(whole, replayed=tmp_path / "nowhere"))
    (tmp_path / "replayed").write_text("{")
    with pytest.raises(InputError, match="replayed: expected JSON"):
        read_replayed(whole)


@pytest.mark.e2e
def test_json_and_tables(prometheus: str, tmp_path: Path) -> None:
    config(tmp_path)
    words = ["report", "--prometheus", prometheus, "--from", str(START), "--to", str(END)]
    words += ["--predicted", str(tmp_path / "predicted"), "--replayed", str(tmp_path / "replayed")]
    words += ["--template", "capacity", "--quiet", "--csv", str(tmp_path / "tables")]
    assert run([*words, "--output", str(tmp_path / "report.json")]) == 0
    found = json.loads((tmp_path / "report.json").read_text())["findings"]["predicted_replayed"]
    assert (found["candidate"], found["ticks"], found["held_ratio"]) == ("one", 2, 0.5)
    lines = (tmp_path / "tables" / "predicted_replayed.csv").read_text().splitlines()
    assert lines[0] == "time,recorded,predicted,lower,upper,driven_at,replayed"
    assert lines[1] == "1700000010.0,0.2,0.4,0.35,0.45,0.4,0.41"
    assert lines[3].startswith("1700000030.0,,,,")
