"""What the commands really print is taken; what is none of it is told by its field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.errors import InputError
from portal.predictions.reading import read_plan, read_prediction
from tests.portal.work_documents import CANDIDATE, PLAN, PREDICTION, plan, prediction
from tests.workload.commands import test_plan, test_predict
from tests.workload.commands.test_plan import folder as plan_folder  # noqa: F401
from tests.workload.commands.test_predict import folder  # noqa: F401


def test_what_predict_prints(folder: Path) -> None:  # noqa: F811
    result = test_predict.run(folder, "--json", "--over-time")
    assert result.exit_code == 0, result.output
    found = read_prediction(result.stdout.encode())
    assert found.machines == ("web-1",)
    assert found.summary["first"][0]["candidates"] == 3
    assert found.summary["first"][0]["cheapest"] in {"small", "large"}


def test_what_plan_prints(plan_folder: Path) -> None:  # noqa: F811
    result = test_plan.run(plan_folder, "--json")
    assert result.exit_code == 0, result.output
    found = read_plan(result.stdout.encode())
    assert sorted(found.machines) == ["batch", "web-1", "web-2"]
    assert found.summary["currency"] == "USD"
    assert found.summary["search"] == "ended"


def test_in_short() -> None:
    assert read_prediction(prediction("a", "b")).summary == {
        "machines": 2,
        "first": [
            {
                "machine": name,
                "state": "over-sized",
                "candidates": 1,
                "cheapest": "small",
                "currency": "USD",
                "price_per_month": "73.0",
                "saving_per_month": "73.0",
            }
            for name in ("a", "b")
        ],
    }
    assert read_plan(plan("x", "y")).summary == {
        "workloads": 2,
        "machines": 1,
        "spare": 0,
        "currency": "USD",
        "price_per_hour": "0.1",
        "price_per_month": "73.0",
        "bound_per_hour": "0.1",
        "gap_ratio": 0.0,
        "search": "ended",
    }


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "prediction: expected at least one prediction"),
        ({}, "prediction: expected a JSON array"),
        ([PREDICTION, PREDICTION], "prediction: machine: expected each machine once"),
        ([{**PREDICTION, "machine": ""}], r"prediction: \[0\].machine: expected"),
        ([{**PREDICTION, "machine": "a\x00b"}], r"prediction: \[0\].machine: expected"),
        ([{**PREDICTION, "machine": "\ud800"}], "prediction: expected text of whole characters"),
        ([{**PREDICTION, "remarks": ["\ud800"]}], "prediction: expected text of whole characters"),
        ([{**PREDICTION, "start_seconds": 1e300}], r"prediction: \[0\].start_seconds: expected"),
        ([{**PREDICTION, "work": {"mix": 1}}], r"prediction: \[0\].work.mix: expected"),
        ([{**PREDICTION, "candidates": 3}], r"prediction: \[0\].candidates: expected"),
        (
            [{**PREDICTION, "candidates": [CANDIDATE | {"saving_per_month": 73.0}]}],
            r"prediction: \[0\].candidates\[0\].saving_per_month: expected",
        ),
    ],
)
def test_no_prediction(value: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_prediction(json.dumps(value).encode())


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "plan: expected a JSON object"),
        ({**PLAN, "machines": []}, "plan: machines: expected at least one"),
        ({**PLAN, "price_per_hour": 0.1}, "plan: price_per_hour: expected"),
        ({k: v for k, v in PLAN.items() if k != "search"}, "plan: search: expected"),
        ({**PLAN, "machines": PLAN["machines"] * 2}, "plan: machine: expected each machine once"),
    ],
)
def test_no_plan(value: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_plan(json.dumps(value).encode())


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"\xff", b"nothing"])
def test_no_json(data: bytes) -> None:
    for read in (read_prediction, read_plan):
        with pytest.raises(InputError, match="perfanalysis workload"):
            read(data)
