"""The dashboard of the exporters' own health, all machines together."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards import marks
from grafana.dashboards.panels import alerts, delivery, exporter
from grafana.dashboards.variables import JOB, MACHINE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """What answers, how long it takes, what it costs."""
    return Dashboard(
        uid="perfanalysis-exporters",
        title="PerfAnalysis: exporters",
        description="Whether the exporters answer, how long they take, and what they cost.",
        tags=["perfanalysis", "exporter"],
        variables=[JOB, MACHINE],
        rows=[
            Row("Service level", [exporter.up(), exporter.burn()]),
            Row("Scrapes", [exporter.scrape_seconds(), exporter.samples()]),
            Row("Cost", [exporter.cpu(), exporter.memory()]),
            Row(
                "Collectors",
                [
                    exporter.collector_seconds(),
                    exporter.collector_cpu(),
                    exporter.failing(),
                    replace(exporter.versions(), width=6),
                    replace(exporter.hidden_containers(), height=8),
                ],
            ),
            Row(
                "Pushes and settings",
                [
                    delivery.queue(),
                    delivery.dropped(),
                    delivery.gone(),
                    replace(delivery.custom(), width=8),
                    replace(delivery.text_files(), width=8),
                    replace(delivery.reloads(), width=8),
                ],
            ),
            Row(
                "Rules, notifications and reports",
                [
                    replace(delivery.rules(), width=12),
                    delivery.notifications(),
                    replace(delivery.behind(), width=12),
                    replace(delivery.reports(), width=6),
                    replace(delivery.backups(), width=6),
                ],
            ),
            Row("Alerts", [alerts.table()]),
        ],
        annotations=[marks.ALERTS],
        span="6h",
    )
