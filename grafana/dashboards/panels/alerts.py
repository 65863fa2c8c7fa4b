"""Alerts that fire."""

from __future__ import annotations

from grafana.dashboards.links import machine_column
from grafana.dashboards.transformations import arranged, merged, sorted_by
from grafana.dashboards.words import Panel, Query, Step

_FIRING = 'ALERTS{alertstate="firing",alertname!="Watchdog"}'


def count(width: int = 4, height: int = 4) -> Panel:
    """How many alerts fire."""
    severe = 'ALERTS{alertstate="firing",alertname!="Watchdog",severity=~"critical|warning"}'
    return Panel(
        title="Alerts",
        description=(
            "Alerts that fire and are critical or warnings. Good: 0. Bad: any: each has a page "
            "that says what to do (docs/runbooks)."
        ),
        kind="stat",
        unit="short",
        queries=[Query(f"count({severe}) or vector(0)", "alerts")],
        width=width,
        height=height,
        steps=[Step(None, "green"), Step(1, "red")],
        legend="none",
    )


def table(width: int = 24) -> Panel:
    """Each alert that fires."""
    names = {
        "alertname": "Alert",
        "instance": "Machine",
        "severity": "Severity",
        "tier": "Tier",
    }
    return Panel(
        title="Alerts that fire",
        description=(
            "One row for each alert and machine; information included. Good: empty. Bad: critical "
            "rows: look up the alert's page in docs/runbooks."
        ),
        kind="table",
        unit="none",
        queries=[Query(f"count by (alertname, instance, severity, tier) ({_FIRING})", at_end=True)],
        width=width,
        height=8,
        transformations=[
            merged(),
            sorted_by("severity"),
            arranged(names, ("Time", "Value", "Value #A")),
        ],
        styles=[machine_column()],
        no_value="none",
        may_be_empty=True,
    )
