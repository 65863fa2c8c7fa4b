"""The dashboard of the portals: requests, documents, database, keys."""

from __future__ import annotations

from grafana.dashboards import marks
from grafana.dashboards.panels import alerts, portal
from grafana.dashboards.variables import PORTAL
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """Whether portals answer, and what their clients meet."""
    return Dashboard(
        uid="perfanalysis-portal",
        title="PerfAnalysis: portal",
        description="Whether portals answer, how long they take, and what their clients meet.",
        tags=["perfanalysis", "portal"],
        variables=[PORTAL],
        rows=[
            Row("Requests", [portal.answers(), portal.failing(), portal.slowest()]),
            Row("Documents", [portal.documents(), portal.waiting(), portal.in_progress()]),
            Row("Database", [portal.connections(), portal.database_faults()]),
            Row("Keys", [portal.refused_keys(), portal.limited()]),
            Row("Regressions", [portal.regressions()]),
            Row("Alerts", [alerts.table()]),
        ],
        annotations=[marks.FLEET_ALERTS],
        span="6h",
    )
