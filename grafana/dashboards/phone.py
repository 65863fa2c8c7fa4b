"""The dashboard for a telephone: one column, big figures, what fires first."""

from __future__ import annotations

from grafana.dashboards.panels import alerts, exporter, phone
from grafana.dashboards.variables import JOB, MACHINE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """What a person on call has to know before getting up."""
    return Dashboard(
        uid="perfanalysis-phone",
        title="PerfAnalysis: phone",
        description="One column of big figures, for a person on call.",
        tags=["perfanalysis", "phone"],
        variables=[JOB, MACHINE],
        rows=[
            Row(
                "Now",
                [
                    alerts.count(width=24),
                    alerts.table(),
                    *phone.figures(),
                    exporter.answering(24, 6),
                ],
            ),
        ],
        refresh="1m",
    )
