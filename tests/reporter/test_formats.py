"""JSON and CSV of a real Prometheus: golden numbers, units, bounds, and the same bytes again."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from perfanalysis.cli import run
from tests.reporter.conftest import END, START

pytestmark = pytest.mark.e2e

RANGE = ["--from", str(START), "--to", str(END)]


def written(prometheus: str, folder: Path, name: str, *words: str) -> bytes:
    output = folder / name
    command = ["report", "--prometheus", prometheus, *RANGE, "--output", str(output), "--quiet"]
    assert run([*command, *words]) == 0
    return output.read_bytes()


def test_json_has_every_figure_with_unit_query_and_bounds(prometheus: str, tmp_path: Path) -> None:
    first = written(prometheus, tmp_path, "report.json")
    assert written(prometheus, tmp_path, "again.json") == first
    document = json.loads(first)
    machines = {machine["name"]: machine for machine in document["machines"]}
    alpha = machines["alpha"]
    assert alpha["price"] == 0.05
    assert alpha["test"]["max"] == {"value": 700.0, "lower": 693.0, "upper": 707.0}
    assert alpha["units_per_dollar"] == {"value": 14000.0, "lower": 13860.0, "upper": 14140.0}
    assert "test" not in machines["untested <b>&"]
    assert (document["from"], document["step_seconds"]) == ("2025-10-09T08:53:20Z", 60)
    figure = document["figures"]["Price"]
    assert figure["unit"] == "USD/h"
    assert figure["promql"].startswith("min by (instance, purchase) (min_over_time(perf_machine_")
    assert {s["labels"]["instance"]: s["value"] for s in figure["samples"]}["beta"] == 0.04
    assert all(found["unit"] for found in document["figures"].values())
    busy = document["figures"]["CPU busy"]["series"][0]["points"]
    assert len(busy) > 100
    assert all(0 <= value <= 1 for _, value in busy if value is not None)


def test_csv_has_a_row_for_each_value(prometheus: str, tmp_path: Path) -> None:
    first = written(prometheus, tmp_path, "table", "--format", "csv")
    assert written(prometheus, tmp_path, "again.csv") == first
    rows = list(csv.DictReader(first.decode().splitlines()))
    (price,) = [
        row for row in rows if row["figure"] == "Units per dollar" and row["machine"] == "alpha"
    ]
    assert (price["unit"], float(price["value"])) == ("units/s per USD/h", 14000.0)
    assert (float(price["lower"]), float(price["upper"])) == (13860.0, 14140.0)
    levels = [
        row
        for row in rows
        if row["figure"] == "Units per second by busy level" and row["machine"] == "beta"
    ]
    assert {row["labels"] for row in levels} >= {"busy=10;job=node;kernel=rmw"}
    assert sorted(float(row["value"]) for row in levels) == [40.0 * i for i in range(1, 11)]


def test_programs_need_no_pages(prometheus: str, tmp_path: Path) -> None:
    code = """
import sys
from perfanalysis.cli import run
status = run(sys.argv[1:])
sys.exit(status or sorted({"matplotlib", "weasyprint", "boto3"} & set(sys.modules)) or 0)
"""
    words = ["report", "--prometheus", prometheus, *RANGE, "--output", str(tmp_path / "r.json")]
    done = subprocess.run([sys.executable, "-c", code, *words], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
