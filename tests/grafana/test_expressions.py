"""Every PromQL of dashboards, rules and reports uses only metrics and labels that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.counters import misused
from grafana.dashboards.expressions import RULES, exported, known_metrics, rules_in, type_of
from grafana.dashboards.promql import faults, result_labels
from reporter.asking import placeholders
from reporter.asking.query import InstantQuery
from reporter.figures.catalogue import QUERIES

KNOWN = known_metrics()
CPU = {"cpu", "instance", "job", "cluster", "region", "tenant", "team"}


def all_expressions() -> list[Any]:
    return list(expressions())


def expressions() -> Iterator[Any]:
    for rule in rules_in(RULES):
        yield pytest.param(rule["expr"], "", id=rule.get("record") or rule["alert"])
    for name, make in DASHBOARDS.items():
        for panel in make().panels:
            for query in panel.queries:
                yield pytest.param(query.expression, query.legend, id=f"{name}: {panel.title}")
    for query in QUERIES.values():
        texts = [query.expression]
        if isinstance(query, InstantQuery) and query.at_the_end:
            texts.append(query.at_the_end)
        for text in texts:
            expression = placeholders.fill(
                text, machines=["a"], kernel="rmw", purchase="spot", seconds=60, window=60
            )
            yield pytest.param(expression, "", id=f"report: {query.name}")


@pytest.mark.parametrize(("expression", "legend"), all_expressions())
def test_only_known_metrics_and_labels(expression: str, legend: str) -> None:
    assert faults(expression, KNOWN, legend) == []


@pytest.mark.parametrize("name", DASHBOARDS)
def test_annotations_ask_for_what_exists(name: str) -> None:
    for mark in DASHBOARDS[name]().annotations:
        assert faults(mark.expression, KNOWN, mark.title + mark.text) == []


@pytest.mark.parametrize(
    "rule", rules_in(RULES), ids=lambda rule: rule.get("record") or rule["alert"]
)
def test_rules_treat_counters_as_counters(rule: dict[str, Any]) -> None:
    assert misused(rule["expr"], type_of) == []


@pytest.mark.parametrize("name", DASHBOARDS)
def test_variables_ask_for_labels_that_exist(name: str) -> None:
    for variable in DASHBOARDS[name]().variables:
        if variable.choices:
            continue
        if variable.result_label:
            legend = f"{{{{{variable.result_label}}}}}"
            assert faults(variable.query, KNOWN, legend) == []
            assert misused(variable.query, type_of) == []
            continue
        match = re.fullmatch(r"label_values\((.+), (\w+)\)", variable.query)
        assert match, variable.query
        assert faults(match[1], KNOWN, f"{{{{{match[2]}}}}}") == []


@pytest.mark.parametrize(
    "rule", [rule for rule in rules_in(RULES) if "alert" in rule], ids=lambda rule: rule["alert"]
)
def test_alerts_speak_of_labels_that_exist(rule: dict[str, Any]) -> None:
    used = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
    assert used <= result_labels(rule["expr"], KNOWN)


@pytest.mark.parametrize(
    ("expression", "legend", "fault"),
    [
        ("node_cpu_second_total", "", "no metric 'node_cpu_second_total'"),
        ('node_load1{cpu="0"}', "", "node_load1: no label 'cpu'"),
        ("sum by (device) (rate(node_cpu_seconds_total[5m]))", "", "sum: no label 'device'"),
        ("node_load1", "{{mode}}", "legend: no label 'mode' in the result"),
        ("sum(node_load1)", "{{instance}}", "legend: no label 'instance' in the result"),
        ("node_load1{", "", "no PromQL: "),
        ('{__name__=~"node_.*"}', "", "a selector without a metric's name"),
        ("rate(node_cpu_seconds_total[$__rate]) ", "", "no PromQL: "),
        ("node_load1 / node_cpu_seconds_total", "", "the sides of / cannot match"),
        ("node_load1 / on (cpu) node_cpu_seconds_total", "", "the left side of /: no label 'cpu'"),
        (
            "node_load1 * on (instance) group_left (zome) perf_machine_info",
            "",
            "the side of one: no label 'zome'",
        ),
        ("perf:units_per_dollar:min", "", "no metric 'perf:units_per_dollar:min'"),
        ("label_replace(node_load1, 'a', '$1', 'cpu', '(.*)')", "", "label_replace: no label"),
    ],
)
def test_what_does_not_exist_is_found(expression: str, legend: str, fault: str) -> None:
    found = faults(expression, KNOWN, legend)
    assert len(found) == 1, found
    assert found[0].startswith(fault)


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("sum by (cpu) (node_cpu_seconds_total)", {"cpu"}),
        (
            "sum without (mode, job, cluster, region, tenant, team) (node_cpu_seconds_total)",
            {"cpu", "instance"},
        ),
        ("sum(node_load1)", set()),
        ("topk by (cpu) (1, node_load1 * 0 or node_schedstat_timeslices_total)", CPU),
        ("sum by (mode) (node_cpu_seconds_total) / scalar(sum(node_load1))", {"mode"}),
        ("node_load1 + on (job) node_load5", {"job"}),
        (
            "sum by (job) (node_load1) * on (job) group_left (zone) "
            "max by (job, zone) (perf_machine_info)",
            {"job", "zone"},
        ),
        ("label_join(sum(node_load1), 'all', '-')", {"all"}),
        ("sum by (job) (node_load1) or sum by (cpu) (node_cpu_seconds_total)", {"job", "cpu"}),
    ],
)
def test_labels_of_a_result(expression: str, labels: set[str]) -> None:
    assert faults(expression, KNOWN) == []
    assert result_labels(expression, exported) == labels
