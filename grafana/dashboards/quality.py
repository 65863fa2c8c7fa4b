"""The dashboard of data quality: whether the numbers can be believed."""

from __future__ import annotations

from grafana.dashboards import marks
from grafana.dashboards.panels import exporter, quality
from grafana.dashboards.variables import JOB, MACHINE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """Violations of the rules on vmstat and other counters, gaps, and restarts."""
    return Dashboard(
        uid="perfanalysis-quality",
        title="PerfAnalysis: data quality",
        description="Whether vmstat and other counters contradict themselves, and what is missing.",
        tags=["perfanalysis", "quality"],
        variables=[JOB, MACHINE],
        rows=[
            Row(
                "Rules",
                [quality.in_range(), quality.rules_looked_at(), exporter.failing()],
            ),
            Row("Violations", [quality.by_rule(), quality.by_machine(), quality.table()]),
            Row("Missing", [quality.gaps(), quality.restarts()]),
        ],
        annotations=[marks.ALERTS],
        span="24h",
    )
