"""Each alert leads to a dashboard with panels that show what it fires for."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from grafana.dashboards.alert_panels import ALERT_PANELS
from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.expressions import RULES, rules_in
from grafana.dashboards.words import Panel

ALERTS = [rule for rule in rules_in(RULES) if "alert" in rule]
RECORDED: dict[str, list[str]] = {}
for recording in rules_in(RULES):
    if "record" in recording:
        RECORDED.setdefault(recording["record"], []).append(recording["expr"])
# It fires always: that it arrives is what it shows.
WITHOUT = {"PerfAnalysisWatchdog"}
# They tell whose series others are, and nothing of how that fares.
TELLS_WHOSE = {"perf_pod_info", "perf_network_physical", "perf_disk_physical"}
# What is in braces, in quotes, or a list of labels names no metric.
_LABELS = re.compile(
    r"\"[^\"]*\"|\{[^}]*\}|\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)"
)
_NAME = re.compile(r"(?<![\w:$])[a-z_][\w:]*(?![\w:])(?!\s*\()")


def named(expression: str) -> set[str]:
    """The metrics that an expression itself names."""
    return {word for word in _NAME.findall(_LABELS.sub(" ", expression)) if is_metric(word)}


def is_metric(word: str) -> bool:
    return word == "up" or bool(re.search("[_:]", word.strip("_")))


@cache
def read(expression: str) -> frozenset[str]:
    """The scraped metrics that an expression is made of: of recorded ones what rules read."""
    found: set[str] = set()
    for name in named(expression):
        rules = [rule for rule in RECORDED.get(name, []) if name not in named(rule)]
        found |= set().union(*map(read, rules)) if rules else {name}
    return frozenset(found)


def panels_of(rule: dict[str, Any]) -> list[Panel]:
    """The panels of the dashboard that an alert leads to."""
    match = re.search(r"/d/perfanalysis-([a-z-]+)", rule["annotations"]["dashboard"])
    assert match, rule["annotations"]["dashboard"]
    return DASHBOARDS[f"{match[1]}.json"]().panels


def shown(panel: Panel) -> frozenset[str]:
    return frozenset().union(*(read(query.expression) for query in panel.queries))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_what_an_alert_fires_for_is_shown_where_it_leads(rule: dict[str, Any]) -> None:
    reason = read(rule["expr"]) - TELLS_WHOSE
    assert bool(reason) == (rule["alert"] not in WITHOUT)
    panels = panels_of(rule)
    assert reason <= frozenset().union(*map(shown, panels)), "no panel there shows it"


@pytest.mark.parametrize("named_panel", ALERT_PANELS, ids=lambda entry: entry.alert)
def test_the_panel_that_an_alert_names_shows_a_figure_of_it(named_panel: Any) -> None:
    (rule,) = [rule for rule in ALERTS if rule["alert"] == named_panel.alert]
    titles = {panel.title: panel for panel in panels_of(rule)}
    assert read(rule["expr"]) & shown(titles[named_panel.panel])


def test_recorded_names_are_expanded() -> None:
    used = 'instance:node_memory_used:ratio{job=~"$job"} > 0.9'
    assert read(used) == {"node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"}
    assert named('sum by (a_b) (rate(c_d{e_f="g_h"}[5m])) / on (i_j) up') == {"c_d", "up"}
