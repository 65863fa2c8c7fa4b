"""Alerts that fire."""

from __future__ import annotations

from grafana.dashboards.links import machine_column
from grafana.dashboards.panels.shapes import figure
from grafana.dashboards.transformations import arranged, merged, sorted_by
from grafana.dashboards.words import Panel, Query, Step

_ALERT = "alertname, instance, severity, tier"


def _firing(severity: str) -> str:
    """One series for each alert and machine, however many disks or containers it fires for."""
    alerts = (
        f'ALERTS{{alertstate="firing",alertname!="PerfAnalysisWatchdog",severity=~"{severity}"}}'
    )
    return f"count by ({_ALERT}) ({alerts})"


def count(width: int = 4, height: int = 4) -> Panel:
    """How many alerts fire."""
    return figure(
        title="Alerts",
        description=(
            "Critical alerts and warnings that fire, each counted once a machine. Good: 0. Bad: "
            "any: each has a page that says what to do (docs/runbooks)."
        ),
        query=Query(f"count({_firing('critical|warning')}) or vector(0)", "alerts"),
        width=width,
        height=height,
        steps=[Step(None, "green"), Step(1, "red")],
    )


def table(width: int = 24) -> Panel:
    """Each alert that fires."""
    names = {
        "alertname": "Alert",
        "instance": "Machine",
        "severity": "Severity",
        "tier": "Tier",
    }
    ranked = " or ".join(
        f"0 * {_firing(severity)} + {rank}"
        for rank, severity in enumerate(("critical", "warning", "info"))
    )
    return Panel(
        title="Alerts that fire",
        description=(
            "One row for each alert and machine, the critical ones first; information last. Good: "
            "empty. Bad: critical rows: look up the alert's page in docs/runbooks."
        ),
        kind="table",
        unit="none",
        queries=[Query(ranked, at_end=True)],
        width=width,
        height=8,
        transformations=[
            merged(),
            sorted_by("Value"),
            arranged(names, ("Time", "Value")),
        ],
        styles=[machine_column()],
        no_value="none",
        may_be_empty=True,
    )
