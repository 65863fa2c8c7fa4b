"""Panels that Grafana draws once for each value of a variable."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards.words import GRID_WIDTH, Dashboard, Panel, Row

Values = dict[str, str]
_MOST = 8


def repeated(dashboard: Dashboard, each: dict[str, list[str]]) -> tuple[Dashboard, list[Values]]:
    """The dashboard with its repeated panels written out, and what each panel's variables are.

    Args:
        dashboard: what is drawn.
        each: the picked values of each variable that panels repeat over; at most 8 are drawn.

    Returns:
        The dashboard, and for each of its panels in order the values that are its own.
    """
    own: list[Values] = []
    rows = []
    for row in dashboard.rows:
        panels: list[Panel] = []
        for panel in row.panels:
            values = each.get(panel.repeat, [])[:_MOST] if panel.repeat else []
            # Grafana lays them side by side, two in a row as the panels have it; one alone is wide.
            width = GRID_WIDTH // min(2, max(1, len(values)))
            panels += [replace(panel, width=width) for _ in values] or [panel]
            own += [{panel.repeat: value} for value in values] or [{}]
        rows.append(Row(row.title, panels))
    return replace(dashboard, rows=rows), own
