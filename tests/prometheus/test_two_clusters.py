"""Two clusters in one store: each rule's own unit test, over two machines of each name.

A store that several Prometheus fill (Mimir, Thanos, VictoriaMetrics) has their external labels on
every series. So each unit test is made anew with its series twice, once in each of two clusters,
and has to give its results twice, with the label. What joins or aggregates without the label
merges the two, or matches many with many.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from grafana.dashboards.expressions import RULES, rules_in
from prometheus.generator.settings import read_settings
from tests.conftest import REPOSITORY
from tests.prometheus.conftest import PROMETHEUS, Run
from tests.prometheus.needed_rules import with_needed_rules, write_yaml

TESTS = sorted((PROMETHEUS / "tests").rglob("*.test.yml"))
CLUSTERS = ("east", "west")
IDENTITY = read_settings(REPOSITORY).figures["machine"].promql
FLEET = read_settings(REPOSITORY).figures["fleet"].promql
# Rules over all machines wherever they are: the front of prices is one for all clusters.
OVER_ALL = ("perf:price_front:units_per_second",)
# Alerts without a machine: one for the whole store.
OF_THE_STORE = {"PerfAnalysisWatchdog", "NoMachines"}
_GROUPING = re.compile(r"\b(?:by|on) \(([^)]*)\)")


def test_each_aggregation_and_match_names_the_whole_identity() -> None:
    seen = 0
    for rule in rules_in(RULES):
        if rule.get("record") in OVER_ALL:
            continue
        for labels in _GROUPING.findall(rule["expr"]):
            assert labels.startswith((IDENTITY, FLEET)), f"{rule}: ({labels})"
            seen += 1
        assert "without (" not in rule["expr"]
        assert "ignoring (" not in rule["expr"]
    assert seen > 150


def with_cluster(series: str, cluster: str) -> str:
    """A series as unit tests write it, with the label of a cluster."""
    if "cluster=" in series:
        return series.replace('cluster="', f'cluster="{cluster}-')
    name, brace, labels = series.partition("{")
    if not brace:
        return f'{name}{{cluster="{cluster}"}}'
    return f'{name}{{cluster="{cluster}",{labels}'.replace(",}", "}")


def twice(unit_test: dict[str, Any]) -> dict[str, Any]:
    """A unit test over both clusters."""
    made = {**unit_test}
    made["input_series"] = [
        {**entry, "series": with_cluster(entry["series"], cluster)}
        for cluster in CLUSTERS
        for entry in unit_test.get("input_series", [])
    ]
    made["promql_expr_test"] = [
        {
            **case,
            "exp_samples": [
                {**sample, "labels": with_cluster(sample["labels"], cluster)}
                for cluster in CLUSTERS
                for sample in case.get("exp_samples", [])
            ],
        }
        for case in unit_test.get("promql_expr_test", [])
        if not case["expr"].startswith(OVER_ALL)
    ]
    made["alert_rule_test"] = [
        {
            **case,
            "exp_alerts": [
                {**alert, "exp_labels": {**alert["exp_labels"], "cluster": cluster}}
                for cluster in CLUSTERS
                for alert in case.get("exp_alerts") or []
            ],
        }
        for case in unit_test.get("alert_rule_test", [])
        if case["alertname"] not in OF_THE_STORE
    ]
    return made


def over_both(path: Path, folder: Path, most: int | None = None) -> Path:
    """A unit test over both clusters, with the rules that it needs, in ``folder``.

    ``most``: only so many of its parts, the first ones.
    """
    content = with_needed_rules(path, folder)
    content["tests"] = [twice(one) for one in content["tests"][:most]]
    return write_yaml(content, folder / path.name)


def test_every_rule_keeps_two_clusters_apart(promtool: Run, tmp_path: Path) -> None:
    tested = promtool("test", "rules", *(over_both(path, tmp_path / path.name) for path in TESTS))
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize("name", ["filesystem", "loadtest"])
def test_a_rule_that_drops_the_label_is_found(promtool: Run, tmp_path: Path, name: str) -> None:
    # The first part is of minutes; others are of hours, and take as many times longer.
    made = over_both(PROMETHEUS / "tests" / f"{name}.test.yml", tmp_path, 1)
    rules = tmp_path / f"{name}.yml"
    assert promtool("test", "rules", made).returncode == 0
    rules.write_text(rules.read_text().replace(f"({IDENTITY}", "(job, instance"))
    assert promtool("test", "rules", made).returncode != 0
