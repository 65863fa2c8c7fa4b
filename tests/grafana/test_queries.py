"""Every query of the dashboards, asked of a real Prometheus that holds an hour of machines."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.shown import CONTAINERS_IN_NEED, IN_NEED
from grafana.dashboards.variables import MOST
from grafana.dashboards.words import Dashboard, Panel
from perfanalysis.promql import Engine
from pictures.answers import legend
from pictures.variables import choices
from tests.grafana.conftest import Hour
from tests.grafana.hour.asking import PICKS, ask, finite, marks, panels, repeated, values_of
from tests.grafana.hour.load_tests import KERNELS, RUNS
from tests.grafana.hour.recording import MACHINES, UNPRICED

pytestmark = pytest.mark.e2e

# Panels that say nothing of this hour, and why. All others have data.
EMPTY: dict[str, str] = {
    "Push queue used": "nobody pushes",
    "Pushes dropped": "nobody pushes",
    "Custom metrics that fail": "there are none",
    "Settings refused": "no settings are in a file",
    "Rules that fail": "no page of a Prometheus is in the hour",
    "Notifications that fail": "no page of a Prometheus is in the hour",
    "Remote storage behind": "no page of a Prometheus is in the hour",
    "Age of proven backups": "no backup is told by a text file",
    "Age of reports": "no report is told by a text file",
    "Memory promised": "the made tree does not say what was promised",
    "Units that failed": "the collector systemd is off",
    "Tasks that hang": "the made tree's kernel does not count them",
    "Disks that arrays lack": "there are no arrays",
    "Arrays that do not run": "there are no arrays",
    "Links that bonds lack": "there are no bonds",
    "Memory errors": "there are no memory controllers",
    "CPU: wanted and reached": "nothing is replayed",
    "Mean distance": "nothing is replayed",
    "Beyond this machine": "nothing is replayed",
    "What it would be elsewhere": "nobody has predicted anything",
    "Busy elsewhere": "nobody has predicted anything",
    "Saved an hour": "no bill tells effective prices",
    "Work for other currencies": "all prices are in dollars",
    **dict.fromkeys(
        (
            "Answers",
            "Requests that fail",
            "Slowest requests",
            "Documents",
            "Documents waiting",
            "Requests in progress",
            "Database connections used",
            "Database not answering",
            "Keys refused",
            "Requests beyond their rate",
            "Regressions confirmed",
        ),
        "there is no portal",
    ),
    **dict.fromkeys(
        ("Namespaces", "Workloads", "Pods", "CPUs by namespace", "Memory by namespace"),
        "containers are Docker's, and have no pods",
    ),
}
# A person on call sees these whatever is picked.
ALL_MACHINES = {"Alerts", "Alerts that fire"}
PANELS = [
    pytest.param(dashboard, panel, id=f"{name}: {panel.title}")
    for name, dashboard, panel in panels()
]
NAMES = {machine.name for machine in MACHINES}


@pytest.mark.parametrize("pick", PICKS)
@pytest.mark.parametrize(("dashboard", "panel"), PANELS)
def test_panels_have_data(hour: Hour, dashboard: Dashboard, panel: Panel, pick: str) -> None:
    values = repeated(panel, values_of(hour.url, dashboard, pick, hour.span))
    answers = [ask(hour.url, query, values, hour.span) for query in panel.queries]
    for answered in answers:
        assert not answered.warnings, answered.expression
        assert finite(answered), answered.expression
    found = any(answered.series for answered in answers)
    if pick == "all":
        assert found == (panel.title not in EMPTY), EMPTY.get(panel.title, "no data")
    else:
        assert found or panel.may_be_empty
    if panel.kind in ("timeseries", "bargauge", "stat", "status-history"):
        shown = [
            legend(query.legend, entry["metric"])
            for query, answered in zip(panel.queries, answers, strict=True)
            for entry in answered.series
        ]
        # A legend that two series share cannot be read.
        assert len(set(shown)) == len(shown), shown
        if pick == "one" and panel.kind == "timeseries":
            assert len(shown) <= MOST, shown


def test_the_machines_that_need_something_most_are_shown(hour: Hour) -> None:
    picks = {"job": "node", "instance": ".+"}
    engine = Engine(hour.url)
    need = "max by (instance) (max_over_time(instance:node_need:ratio[1h]))"
    highest = engine.query(f"sort_desc({need})", hour.span.end)
    by_need = [sample.labels["instance"] for sample in highest]
    assert len(by_need) == len(MACHINES)
    two = replace(IN_NEED, query=IN_NEED.query.replace(f"topk({MOST}", "topk(2"))
    assert choices(hour.url, two, picks, hour.span) == sorted(by_need[:2])
    # Of the picked ones only; and without the rules, some of them.
    one = picks | {"instance": "web-1"}
    assert choices(hour.url, IN_NEED, one, hour.span) == ["web-1"]
    unruled = replace(IN_NEED, query=IN_NEED.query.replace("need:ratio{", 'need:ratio{rules="no",'))
    assert choices(hour.url, unruled, picks, hour.span) == sorted(by_need)


def test_the_machines_whose_containers_need_something_most_are_shown(hour: Hour) -> None:
    picks = {"job": "node", "instance": ".+", "name": ".+"}
    need = "max by (instance) (max_over_time(instance:container_need:ratio[1h]))"
    found = Engine(hour.url).query(need, hour.span.end)
    needs = {sample.labels["instance"]: sample.value for sample in found}
    assert needs.keys() == NAMES

    def shown(most: int, query: str = CONTAINERS_IN_NEED.query, **more: str) -> list[str]:
        few = query.replace(f"topk({MOST}", f"topk({most}")
        return choices(hour.url, replace(CONTAINERS_IN_NEED, query=few), picks | more, hour.span)

    two = shown(2)
    # Some need equally much.
    assert sorted(needs[name] for name in two) == sorted(needs.values())[-2:]
    assert shown(8, instance="web-1") == ["web-1"]
    # Containers that ended before have machines, too, and so has who evaluates no rules.
    assert shown(8, name="gone") == sorted(NAMES)
    unruled = CONTAINERS_IN_NEED.query.replace("need:ratio{", 'need:ratio{rules="no",')
    assert shown(8, unruled) == sorted(NAMES)
    # A machine with the picked containers comes before one without.
    having = CONTAINERS_IN_NEED.query.replace("processes{", 'processes{instance="idle-1",')
    assert shown(1, having) == ["idle-1"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_only_picked_machines_are_shown(hour: Hour, name: str) -> None:
    dashboard = DASHBOARDS[name]()
    if "instance" not in {variable.name for variable in dashboard.variables}:
        pytest.skip("machines are not picked there")
    values = values_of(hour.url, dashboard, "one", hour.span)
    for panel in dashboard.panels:
        if panel.title in ALL_MACHINES:
            continue
        for query in panel.queries:
            answered = ask(hour.url, query, repeated(panel, values), hour.span)
            shown = {entry["metric"].get("instance") for entry in answered.series} - {None}
            assert shown <= {"web-1"}, (panel.title, answered.expression)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_annotations_answer(hour: Hour, name: str) -> None:
    dashboard = DASHBOARDS[name]()
    values = values_of(hour.url, dashboard, "all", hour.span)
    for query in marks(dashboard):
        answered = ask(hour.url, query, values, hour.span)
        assert not answered.warnings
        assert answered.series, answered.expression


def test_a_machine_without_a_price_has_no_price_performance(hour: Hour) -> None:
    found: list[dict[str, Any]] = []
    for _, dashboard, panel in panels():
        for query in panel.queries:
            if not re.search(r"perf:|dollars", query.expression):
                continue
            values = repeated(panel, values_of(hour.url, dashboard, "all", hour.span))
            values |= {"per": "1"} if "per" in values else {}
            answered = ask(hour.url, query, values, hour.span)
            assert finite(answered)
            found += answered.series
    assert {entry["metric"].get("instance") for entry in found} - {None} <= NAMES - {UNPRICED}
    assert len(found) > 20


@pytest.mark.parametrize(("per", "best"), [("0", UNPRICED), ("1", "web-2")])
def test_those_with_the_highest_figures_are_compared(hour: Hour, per: str, best: str) -> None:
    dashboard = DASHBOARDS["comparison.json"]()
    values = values_of(hour.url, dashboard, "all", hour.span) | {"per": per}
    for panel in dashboard.panels:
        for query in panel.queries:
            one = replace(query, expression=query.expression.replace(f"topk({MOST}", "topk(1"))
            assert one != query
            shown = {e["metric"]["instance"] for e in ask(hour.url, one, values, hour.span).series}
            assert shown <= {best}, one.expression
            assert shown or best == UNPRICED, one.expression


def test_levels_are_whole_and_bounds_enclose(hour: Hour) -> None:
    dashboard = DASHBOARDS["machine.json"]()
    panel = next(p for p in dashboard.panels if p.title == "Work by busy level: $shown")
    values = repeated(panel, values_of(hour.url, dashboard, "one", hour.span))
    measured, lower, upper = (
        {
            entry["metric"]["busy"]: float(entry["value"][1])
            for entry in ask(hour.url, query, values, hour.span).series
        }
        for query in panel.queries
    )
    assert sorted(measured, key=int) == ["10", "50", "100"]
    assert all(lower[level] <= measured[level] <= upper[level] for level in measured)


def test_each_load_test_has_its_own_time(hour: Hour) -> None:
    dashboard = DASHBOARDS["history.json"]()
    panel = next(p for p in dashboard.panels if p.title == "All load tests")
    values = values_of(hour.url, dashboard, "one", hour.span)
    answered = ask(hour.url, panel.queries[0], values, hour.span)
    ended = {
        entry["metric"]["test_id"]: float(entry["value"][1]) / 1000 - hour.sampled.begin
        for entry in answered.series
    }
    assert ended == {
        f"{kernel}-{n}": second for kernel in KERNELS for n, (second, _) in enumerate(RUNS)
    }


def test_the_history_is_of_the_picked_providers(hour: Hour) -> None:
    dashboard = DASHBOARDS["history.json"]()
    values = values_of(hour.url, dashboard, "all", hour.span) | {"provider": "gcp"}
    panels_by_title = {panel.title: panel for panel in dashboard.panels}

    def answer(title: str) -> list[dict[str, Any]]:
        return ask(hour.url, panels_by_title[title].queries[0], values, hour.span).series

    assert {entry["metric"]["instance"] for entry in answer("All load tests")} == {"web-2"}
    assert len(answer("All load tests")) == len(KERNELS) * len(RUNS)
    for title, count in (("Machines measured", 1), ("Providers measured", 1)):
        assert [float(entry["value"][1]) for entry in answer(title)] == [count]
    assert {entry["metric"]["provider"] for entry in answer("Load tests by provider")} == {"gcp"}


def test_as_many_load_tests_are_counted_as_are_listed(hour: Hour) -> None:
    dashboard = DASHBOARDS["history.json"]()
    values = values_of(hour.url, dashboard, "all", hour.span)

    def answer(title: str) -> list[dict[str, Any]]:
        panel = next(panel for panel in dashboard.panels if panel.title == title)
        return ask(hour.url, panel.queries[0], values, hour.span).series

    (counted,) = answer("Load tests")
    by_provider = sum(float(entry["value"][1]) for entry in answer("Load tests by provider"))
    tested = len(NAMES) - 1
    # A run that was disturbed after valid ones is not the machine's, and is not shown.
    shown = tested * len(KERNELS) * len(RUNS) - sum(bool(m.disturbed) for m in MACHINES)
    assert float(counted["value"][1]) == by_provider == shown
    assert len(answer("All load tests")) == by_provider


def test_as_many_alerts_are_counted_as_are_listed(hour: Hour) -> None:
    dashboard = DASHBOARDS["fleet.json"]()
    values = values_of(hour.url, dashboard, "all", hour.span)
    panels_by_title = {panel.title: panel for panel in dashboard.panels}
    listed = ask(hour.url, panels_by_title["Alerts that fire"].queries[0], values, hour.span)
    counted = ask(hour.url, panels_by_title["Alerts"].queries[0], values, hour.span)
    severities = {"critical": 0.0, "warning": 1.0, "info": 2.0}
    assert {e["metric"]["severity"]: float(e["value"][1]) for e in listed.series} == severities
    worth_counting = [e for e in listed.series if e["metric"]["severity"] != "info"]
    assert float(counted.series[0]["values"][-1][1]) == len(worth_counting)


def test_cpu_time_by_mode_adds_up_to_no_more_than_all(hour: Hour) -> None:
    dashboard = DASHBOARDS["machine.json"]()
    panel = next(p for p in dashboard.panels if p.title == "CPU time by mode")
    values = values_of(hour.url, dashboard, "one", hour.span)
    answered = ask(hour.url, panel.queries[0], values, hour.span)
    modes = {entry["metric"]["mode"] for entry in answered.series}
    assert {"user", "system", "steal", "iowait"} <= modes
    moments: dict[float, float] = {}
    for entry in answered.series:
        for moment, value in entry["values"]:
            moments[moment] = moments.get(moment, 0.0) + float(value)
    assert moments
    assert all(0 <= total <= 1.0001 for total in moments.values())
