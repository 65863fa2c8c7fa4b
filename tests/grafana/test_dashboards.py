"""The generated JSON is up to date, and every panel has what a reader needs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from grafana.dashboards.collection import DASHBOARDS, FOLDER
from grafana.dashboards.expressions import RULES, rules_in
from grafana.dashboards.generation import to_json
from grafana.dashboards.lints import findings
from perfanalysis.cli import run
from tests.grafana.published import panels_of

DOCUMENTS: dict[str, dict[str, Any]] = {
    name: json.loads(to_json(make())) for name, make in DASHBOARDS.items()
}
PANELS = [
    pytest.param(panel, id=f"{name}: {panel['title']}")
    for name, document in DOCUMENTS.items()
    for panel in panels_of(document)
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


@pytest.mark.parametrize("name", DASHBOARDS)
def test_nothing_is_found_by_the_lints(name: str) -> None:
    assert findings(DASHBOARDS[name]()) == []


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_asks_the_picked_data_source(panel: dict[str, Any]) -> None:
    source = "grafana" if panel["targets"][0].get("channel") else "${datasource}"
    assert panel["datasource"]["uid"] == source
    assert all(target["datasource"]["uid"] == source for target in panel["targets"])
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    assert all(
        target["range"] is not target["instant"] for target in panel["targets"] if "expr" in target
    )


@pytest.mark.parametrize("panel", PANELS)
def test_styles_name_fields_that_the_panel_has(panel: dict[str, Any]) -> None:
    """An override of a misspelt field does nothing, and no one sees why."""
    named = {o["matcher"]["options"] for o in panel["fieldConfig"]["overrides"]}
    given = {"user", "nice", "system", "irq", "softirq", "steal", "iowait"}
    given |= {entry["y"]["matcher"]["options"] for entry in panel["options"].get("series", [])}
    for step in panel["transformations"]:
        given |= set(step["options"].get("renameByName", {}).values())
        given |= {step["options"].get("alias", "")}
        if step["id"] == "timeSeriesTable":
            given |= {"instance", *(f"Trend #{query}" for query in step["options"])}
    assert named <= given


@pytest.mark.parametrize(("name", "document"), DOCUMENTS.items())
def test_a_dashboard_is_addressed_and_laid_out(name: str, document: dict[str, Any]) -> None:
    assert document["uid"] == f"perfanalysis-{name.removesuffix('.json')}"
    assert "perfanalysis" in document["tags"]
    rows = [panel for panel in document["panels"] if panel["type"] == "row"]
    # Those of a closed row begin below it, and take their places when it is opened.
    for placed in (document["panels"], *([row, *row["panels"]] for row in rows)):
        taken: set[tuple[int, int]] = set()
        for panel in placed:
            place = panel["gridPos"]
            cells = {
                (place["x"] + x, place["y"] + y)
                for x in range(place["w"])
                for y in range(place["h"])
            }
            assert not cells & taken
            assert max(x for x, _ in cells) < 24
            taken |= cells
    ids = [panel["id"] for panel in [*rows, *panels_of(document)]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(("name", "document"), DOCUMENTS.items())
def test_rows_beyond_the_first_are_closed(name: str, document: dict[str, Any]) -> None:
    rows = [panel for panel in document["panels"] if panel["type"] == "row"]
    assert [row["collapsed"] for row in rows] == [False, *[True] * (len(rows) - 1)]
    assert all(row["panels"] for row in rows[1:])
    assert document["panels"][1 : -len(rows) + 1 or None], f"{name} opens with nothing"


@pytest.mark.parametrize("panel", PANELS)
def test_a_colour_says_something(panel: dict[str, Any]) -> None:
    """Green without a limit would say that all is well, and many colours that bars differ."""
    defaults = panel["fieldConfig"]["defaults"]
    steps = [step["color"] for step in defaults["thresholds"]["steps"]]
    judged = steps != ["text"] or defaults["mappings"]
    if panel["type"] == "stat":
        assert (panel["options"]["colorMode"] != "none") == bool(judged)
    if panel["type"] == "bargauge":
        assert defaults["color"]["mode"] == ("thresholds" if judged else "fixed")
    assert steps != ["green"]


@pytest.mark.parametrize(("name", "document"), DOCUMENTS.items())
def test_a_dashboard_has_the_readers_time_and_asks_again(
    name: str, document: dict[str, Any]
) -> None:
    del name
    assert document["timezone"] == "browser"
    assert document["refresh"] in document["timepicker"]["refresh_intervals"]
    assert re.fullmatch(r"now-\d+[hd]", document["time"]["from"])
    assert document["time"]["to"] == "now"


def test_a_machines_containers_lead_to_their_dashboard() -> None:
    panels = {panel["title"]: panel for panel in panels_of(DOCUMENTS["machine.json"])}
    (link,) = panels["Containers by CPU"]["fieldConfig"]["defaults"]["links"]
    address, _, arguments = link["url"].partition("?")
    assert address == "/d/perfanalysis-containers"
    assert "var-instance=${__field.labels.instance}" in arguments.split("&")
    variables = {v["name"] for v in DOCUMENTS["containers.json"]["templating"]["list"]}
    assert {"instance", "datasource"} <= variables


def test_variables() -> None:
    variables = {v["name"]: v for v in DOCUMENTS["machine.json"]["templating"]["list"]}
    assert list(variables) == ["datasource", "job", "instance", "shown", "kernel"]
    assert variables["datasource"]["type"] == "datasource"
    assert variables["instance"]["includeAll"]
    assert variables["instance"]["multi"]
    assert variables["instance"]["allValue"] == ".+"
    assert not variables["kernel"]["multi"]
    shown = variables["shown"]
    assert shown["query"]["query"].startswith("query_result(topk(8, ")
    # Grafana writes a result as {instance="web-1"} 0.9 1700000000000.
    pattern = shown["regex"].removeprefix("/").removesuffix("/")
    assert re.findall(pattern, '{instance="web-1"} 0.9 1700000000000') == ["web-1"]
    assert shown["hide"] == 2, "nobody picks it"
    assert "allValue" not in shown, "All of it is its choices"
    assert shown["current"]["value"] == ["$__all"]


@pytest.mark.parametrize("name", ["price.json", "comparison.json"])
def test_prices_begin_with_those_on_demand_whatever_a_bill_brings(name: str) -> None:
    (purchase,) = (v for v in DOCUMENTS[name]["templating"]["list"] if v["name"] == "purchase")
    assert purchase["current"] == {"text": "on_demand", "value": "on_demand"}


@pytest.mark.parametrize(
    ("name", "of_all"),
    [
        ("machine", {"Machines"}),
        ("loadtest", {"Newest result of each machine"}),
        ("containers", set()),
    ],
)
def test_charts_of_machines_ask_for_some_of_those_that_are_picked(
    name: str, of_all: set[str]
) -> None:
    """All of a thousand machines would be all raw series that there are."""
    dashboard = DASHBOARDS[f"{name}.json"]()
    panels = {panel.title: panel for panel in dashboard.panels}
    assert of_all <= panels.keys()
    for panel in (panels[title] for title in panels.keys() - of_all):
        assert all("$instance" not in query.expression for query in panel.queries), panel.title
        assert panel.repeat != "instance", panel.title
    assert all("$instance" not in mark.expression for mark in dashboard.annotations)


def test_links_lead_to_dashboards_that_there_are() -> None:
    uids = {document["uid"] for document in DOCUMENTS.values()}
    text = json.dumps(list(DOCUMENTS.values()))
    linked = set(re.findall(r"/d/([a-z-]+)", text))
    assert linked
    assert linked <= uids
    alerts = {rule["annotations"]["dashboard"] for rule in rules_in(RULES) if "alert" in rule}
    assert {re.findall(r"/d/([a-z-]+)", link)[0] for link in alerts} <= uids


def test_thresholds_of_panels_are_those_of_the_alerts() -> None:
    """A panel that shows a recorded metric turns red where its alert fires."""
    limits: dict[str, list[float]] = {}
    for rule in rules_in(RULES):
        held = re.findall(r"^\s*(instance\w*:[\w:]+) > ([\d.]+)\s*$", rule["expr"], re.MULTILINE)
        for metric, limit in held if "alert" in rule else ():
            limits.setdefault(metric, []).append(float(limit))
    assert len(limits) >= 5
    checked = 0
    for make in DASHBOARDS.values():
        for panel in make().panels:
            for metric, of_alerts in limits.items():
                shown = (
                    re.search(rf"max by \(instance\) \(\(?{metric}\{{", panel.queries[0].expression)
                    if panel.queries
                    else None
                )
                reds = [step.value for step in panel.steps if step.colour == "red"]
                if shown and reds and panel.kind in ("timeseries", "stat"):
                    assert len(reds) == 1, (panel.title, metric)
                    assert reds[0] in of_alerts, (panel.title, metric)
                    checked += 1
    assert checked >= 5
