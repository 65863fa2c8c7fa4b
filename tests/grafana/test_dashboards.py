"""The generated JSON is up to date, and every panel has what a reader needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grafana.dashboards.collection import DASHBOARDS, FOLDER
from grafana.dashboards.generation import to_json
from perfanalysis.cli import run

DOCUMENTS: dict[str, dict[str, Any]] = {
    name: json.loads(to_json(make())) for name, make in DASHBOARDS.items()
}
PANELS = [
    pytest.param(panel, id=f"{name}: {panel['title']}")
    for name, document in DOCUMENTS.items()
    for panel in document["panels"]
    if panel["type"] != "row"
]


def test_the_json_is_what_the_code_makes() -> None:
    for name, make in DASHBOARDS.items():
        assert (FOLDER / name).read_bytes() == to_json(make()), (
            "run `perfanalysis dashboards build`"
        )


def test_no_json_is_left_over() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.json")) == sorted(DASHBOARDS)


def test_build_then_check(tmp_path: Path) -> None:
    assert run(["dashboards", "build", "--folder", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(DASHBOARDS)
    assert run(["dashboards", "check", "--folder", str(tmp_path)]) == 0


def test_build_leaves_alone_what_is_up_to_date(tmp_path: Path) -> None:
    assert run(["dashboards", "build", "--folder", str(tmp_path)]) == 0
    before = (tmp_path / "machine.json").stat()
    assert run(["dashboards", "build", "--folder", str(tmp_path)]) == 0
    assert (tmp_path / "machine.json").stat().st_ino == before.st_ino


def test_check_names_the_file_that_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dashboards", "build", "--folder", str(tmp_path)]) == 0
    changed = tmp_path / "machine.json"
    changed.write_text(changed.read_text().replace("CPU busy", "CPU"))
    assert run(["dashboards", "check", "--folder", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert str(changed) in message
    assert "perfanalysis dashboards build" in message


def test_check_names_the_file_that_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dashboards", "check", "--folder", str(tmp_path)]) == 1
    assert str(tmp_path / "machine.json") in capsys.readouterr().err


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_has_title_unit_and_description(panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert "Good:" in panel["description"]
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"]["uid"] == "${datasource}"
    assert panel["targets"]
    assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


@pytest.mark.parametrize("panel", PANELS)
def test_queries_follow_the_variables_and_the_zoom(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        expression = target["expr"]
        assert 'instance=~"$instance"' in expression
        for rate in ("rate(", "increase("):
            assert expression.count(rate) <= expression.count("[$__rate_interval]")
        # A table's rows and a trend's points are of one moment.
        assert target["instant"] == (panel["type"] != "timeseries")
        assert target["range"] is not target["instant"]


@pytest.mark.parametrize("panel", PANELS)
def test_styles_name_fields_that_the_panel_has(panel: dict[str, Any]) -> None:
    """An override of a misspelt field does nothing, and no one sees why."""
    named = {o["matcher"]["options"] for o in panel["fieldConfig"]["overrides"]}
    given = {"user", "nice", "system", "irq", "softirq", "steal", "iowait"}
    for step in panel["transformations"]:
        given |= set(step["options"].get("renameByName", {}).values())
        given |= {step["options"].get("alias", "")}
    assert named <= given


@pytest.mark.parametrize(("name", "document"), DOCUMENTS.items())
def test_a_dashboard_is_addressed_and_laid_out(name: str, document: dict[str, Any]) -> None:
    assert document["uid"] == f"perfanalysis-{name.removesuffix('.json')}"
    assert "perfanalysis" in document["tags"]
    taken: set[tuple[int, int]] = set()
    for panel in document["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    ids = [panel["id"] for panel in document["panels"]]
    assert len(set(ids)) == len(ids)


def test_variables() -> None:
    variables = {v["name"]: v for v in DOCUMENTS["machine.json"]["templating"]["list"]}
    assert list(variables) == ["datasource", "job", "instance", "kernel"]
    assert variables["datasource"]["type"] == "datasource"
    assert variables["instance"]["includeAll"]
    assert variables["instance"]["multi"]
    assert variables["instance"]["allValue"] == ".+"
    assert not variables["kernel"]["multi"]
