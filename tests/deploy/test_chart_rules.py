"""Rules of the chart: those of the repository, and what values change in them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grafana.dashboards.expressions import RULES
from perfanalysis.fast_yaml import load_fast
from tests.deploy.chart import CHART, RELEASES, helm

# kube-prometheus-stack has alerts of the same.
OF_THE_STACK = (
    "RuleEvaluationFails",
    "NotificationsFail",
    "AlertmanagerDeliveryFails",
    "RemoteWriteBehind",
)
OF_CHART = ("perfanalysis-prices", "perfanalysis-jobs")


@cache
def groups(values: str = "{}") -> dict[str, list[dict[str, Any]]]:
    """The rules of each group as the chart lays them out."""
    done = _helm(values)
    assert done.returncode == 0, done.stderr
    made = load_fast(done.stdout)["spec"]["groups"]
    return {group["name"]: group["rules"] for group in made if group["name"] not in OF_CHART}


def _helm(values: str) -> Any:
    given = json.dumps({**json.loads(values), "enabled": True})
    words = ("--set-json", f"prometheusRule={given}")
    only = ("-s", "templates/prometheusrule.yaml", "--kube-version", RELEASES[-1])
    return helm("template", "p", CHART, *only, *words)


def rules(made: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [rule for group in made.values() for rule in group]


def alert(made: dict[str, list[dict[str, Any]]], name: str) -> dict[str, Any]:
    (found,) = [rule for rule in rules(made) if rule.get("alert") == name]
    return found


def test_defaults_are_the_rules_of_the_repository() -> None:
    paths = sorted(Path(RULES).glob("*.yml"))
    own = {
        group["name"]: [rule for rule in group["rules"] if rule.get("alert") not in OF_THE_STACK]
        for path in paths
        for group in load_fast(path.read_bytes())["groups"]
    }
    # A group of the stack's alone is none.
    assert groups() == {name: kept for name, kept in own.items() if kept}
    assert len(own) - len(groups()) <= 1


def test_alerts_of_the_stack_are_switched_on() -> None:
    made = groups(json.dumps({"alerts": {name: {"enabled": True} for name in OF_THE_STACK}}))
    names = [rule.get("alert") for rule in rules(made)]
    assert all(names.count(name) == 1 for name in OF_THE_STACK)


def test_jobs_identity_and_links() -> None:
    links = {"dashboards": "https://grafana.example", "runbooks": "https://wiki.example/runbooks"}
    made = groups(
        json.dumps({"job": ["a", "b"], "identity": ["tenant", "job", "instance"], "links": links})
    )
    text = json.dumps(made)
    for gone in ("cluster, job", 'job=\\"node\\"', "localhost:3000", "docs/runbooks"):
        assert gone not in text
    assert text.count('job=~\\"a|b\\"') > 100
    assert "by (tenant, job, instance)" in text
    assert "by (tenant, job) (" in text
    texts = alert(made, "CpuPressure")["annotations"]
    assert texts["runbook_url"] == "https://wiki.example/runbooks/CpuPressure.md"
    assert texts["dashboard"].startswith("https://grafana.example/d/perfanalysis-machine?")


def test_without_a_place_for_runbooks_alerts_name_their_page() -> None:
    texts = alert(groups(), "CpuPressure")["annotations"]
    assert texts["runbook"] == "docs/runbooks/CpuPressure.md"
    assert "runbook_url" not in texts
    given = {"dashboards": "http://g", "runbooks": "https://wiki.example/{alert}?v=$1"}
    texts = alert(groups(json.dumps({"links": given})), "CpuPressure")["annotations"]
    assert texts["runbook_url"] == "https://wiki.example/CpuPressure?v=$1"
    assert "runbook" not in texts


@pytest.mark.parametrize(
    ("name", "thresholds", "promql", "text"),
    [
        ("CpuPressure", {"waiting": "62.5 %"}, "> 0.625\n", "above 62.5 %,"),
        ("ClockSkew", {"offset": "80 ms"}, "> 0.08)", "more than 80 ms,"),
        ("ScrapeSlow", {"duration": "7 s"}, "> 7", "above 7 s;"),
        ("ReportOverdue", {"daily": "1 day"}, "> 86400\n", "old."),
        ("DiskSaturated", {"queue": 16}, "> 16\n", "above 16,"),
    ],
)
def test_thresholds(name: str, thresholds: dict[str, Any], promql: str, text: str) -> None:
    made = groups(json.dumps({"alerts": {name: {"severity": "info", "thresholds": thresholds}}}))
    rule, before = alert(made, name), alert(groups(), name)
    assert promql in rule["expr"]
    assert text in rule["annotations"]["description"]
    assert rule["labels"] == {**before["labels"], "severity": "info"}
    others = [one for one in rules(made) if one.get("alert") not in (None, name)]
    assert others == [one for one in rules(groups()) if one.get("alert") not in (None, name)]


def test_needs_follow_their_alert() -> None:
    changed = {"alerts": {"CpuPressure": {"thresholds": {"waiting": "60 %"}}}}
    made = groups(json.dumps(changed))
    (need,) = [r for r in made["need"] if r.get("labels", {}).get("resource") == "cpu_pressure"]
    assert "ratio_rate5m / 0.6, 1)" in need["expr"]


def test_an_alert_is_switched_off() -> None:
    made = groups(json.dumps({"alerts": {"StealHigh": {"enabled": False}}}))
    before = [rule.get("alert") for rule in rules(groups())]
    before.remove("StealHigh")
    assert [rule.get("alert") for rule in rules(made)] == before


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"CpuPresure": {"enabled": False}}, "alerts.CpuPresure: expected the name of an alert"),
        ({"CpuPressure": {"thresholds": {"wait": 1}}}, "thresholds.wait: expected one of taken"),
        ({"CpuPressure": {"thresholds": {"waiting": "much"}}}, "expected a threshold as `10`"),
        ({"CpuPressure": {"severity": "high"}}, "severity"),
    ],
)
def test_what_is_refused(changed: dict[str, Any], message: str) -> None:
    done = _helm(json.dumps({"alerts": changed}))
    assert done.returncode != 0
    assert message in done.stderr
