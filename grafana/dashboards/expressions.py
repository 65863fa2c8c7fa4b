"""Which metrics there are, and whether a dashboard's queries use only those."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exporter.catalogue import CATALOGUE
from grafana.dashboards.foreign_metrics import FOREIGN_METRICS
from grafana.dashboards.portal_metrics import PORTAL_METRICS
from grafana.dashboards.promql import Known, faults, joined, result_labels
from grafana.dashboards.stack_metrics import STACK_METRICS
from grafana.dashboards.words import Dashboard
from perfanalysis.fast_yaml import load_fast

RULES = Path(__file__).resolve().parents[2] / "prometheus" / "rules"


def exported(name: str) -> frozenset[str] | None:
    """The labels of a metric that our exporter shows; None when it shows none of that name."""
    family = CATALOGUE.find(name)
    return frozenset(family.labels) if family else None


def type_of(name: str) -> str | None:
    """The type of a metric; a recorded one is a gauge. None when its type is not known.

    node_exporter gives the fields of vmstat and netstat no type. Most count: they may be used as
    counters, and by themselves.
    """
    if ":" in name:
        return "gauge"
    if family := CATALOGUE.find(name):
        return family.type
    others = STACK_METRICS.keys() | FOREIGN_METRICS.keys() | PORTAL_METRICS.keys()
    return "counter" if name in others and name.endswith("_total") else None


def rules_in(folder: Path) -> list[dict[str, Any]]:
    """All recording and alerting rules of a folder's files, in order."""
    groups = [
        group
        for path in sorted(folder.glob("*.yml"))
        for group in load_fast(path.read_bytes())["groups"]
    ]
    return [rule for group in groups for rule in group["rules"]]


def recorded(rules: Iterable[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """The labels of each recorded metric: those of its expression, and those that it is given.

    Rules may use each other's metrics in any order, as Prometheus lets them: the labels are worked
    out again until they stay as they are.

    Raises:
        ValueError: a rule's expression is no PromQL.
    """
    records = [rule for rule in rules if "record" in rule]
    known: dict[str, frozenset[str]] = {}
    for _ in records:
        found: dict[str, frozenset[str]] = {}
        for rule in records:
            labels = result_labels(rule["expr"], joined(exported, {**known, **found}))
            name = rule["record"]
            found[name] = found.get(name, frozenset()) | labels | frozenset(rule.get("labels", {}))
        if found == known:
            break
        known = found
    return known


def known_metrics() -> Known:
    """Every metric that the exporter or the stack itself shows, or a recording rule makes."""
    return joined(
        exported, recorded(rules_in(RULES)), STACK_METRICS, FOREIGN_METRICS, PORTAL_METRICS
    )


def faults_of(dashboard: Dashboard) -> list[str]:
    """What is wrong with a dashboard's queries, each with the panel's title."""
    known = known_metrics()
    return [
        f"panel {panel.title!r}: {fault}"
        for panel in dashboard.panels
        for query in panel.queries
        for fault in faults(query.expression, known, query.legend)
    ]
