"""The dashboard of all machines: use, saturation and errors, the neediest first."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards import marks
from grafana.dashboards.panels import alerts, fleet, kinds, need, price
from grafana.dashboards.variables import FLEET, KIND
from grafana.dashboards.words import Dashboard, Row

# Recorded rates are over five minutes: finer courses would cost an engine more and say no more.
_POINTS = 120
_SPARKS = 40  # behind a figure


def dashboard() -> Dashboard:
    """Recorded series and the worst few only, so that it serves 1,000 machines."""
    return Dashboard(
        uid="perfanalysis-fleet",
        title="PerfAnalysis: fleet",
        description="All machines at a glance: which of them needs somebody, and of what.",
        tags=["perfanalysis", "fleet"],
        variables=[*FLEET, KIND],
        rows=[
            _coarse(row)
            for row in (
                Row(
                    "Now: who needs somebody",
                    [
                        fleet.count(),
                        fleet.not_scraped(),
                        alerts.count(),
                        fleet.in_need(),
                        fleet.average_busy(),
                        price.fleet_idle(),
                        need.by_need(),
                        alerts.table(),
                    ],
                ),
                Row("Utilisation", fleet.utilisation()),
                Row("Saturation", fleet.saturation()),
                Row("Errors", fleet.errors()),
                Row("Work for the money", [kinds.of_fleet()]),
            )
        ],
        annotations=[marks.FLEET_ALERTS],
        refresh="1m",
        span="6h",
    )


def _coarse(row: Row) -> Row:
    panels = [
        replace(panel, points=_SPARKS if panel.kind == "stat" else _POINTS) for panel in row.panels
    ]
    return Row(row.title, panels)
