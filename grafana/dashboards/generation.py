"""Dashboards in our words -> Grafana's JSON, by grafanalib. Pure: nothing is read or written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from grafanalib import core
from grafanalib._gen import DashboardEncoder

from grafana.dashboards.current_panel import CurrentPanel, DescribedTemplate, PrometheusTarget
from grafana.dashboards.options import field_config, options
from grafana.dashboards.words import GRID_WIDTH, Dashboard, Panel, Row, Variable

# What Grafana 11 writes; an older number would make it migrate what needs no migration.
SCHEMA_VERSION = 39
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
_SHARED_CROSSHAIR = 1
_REFRESH_ON_TIME_RANGE_CHANGE = 2


def to_json(dashboard: Dashboard) -> bytes:
    """The dashboard's JSON file, the same bytes for the same dashboard."""
    generated = core.Dashboard(
        title=dashboard.title,
        uid=dashboard.uid,
        description=dashboard.description,
        tags=list(dashboard.tags),
        panels=list(_placed(dashboard.rows)),
        templating=core.Templating(
            list=[_datasource(), *(_template(variable) for variable in dashboard.variables)]
        ),
        time=core.Time("now-1h", "now"),
        refresh="30s",
        timezone="browser",
        schemaVersion=SCHEMA_VERSION,
        graphTooltip=_SHARED_CROSSHAIR,
    ).auto_panel_ids()
    data = json.loads(json.dumps(generated, cls=DashboardEncoder))
    # Fields that only Grafana before 8 read.
    for outdated in ("__inputs", "gnetId", "hideControls", "rows", "sharedCrosshair", "style"):
        del data[outdated]
    text = json.dumps(_without_nulls(data), indent=1, sort_keys=True, ensure_ascii=False)
    return text.encode() + b"\n"


def _without_nulls(data: Any) -> Any:
    """Leave out what is not set; the lowest step of a threshold alone needs its null."""
    if isinstance(data, dict):
        return {
            key: value if key == "steps" else _without_nulls(value)
            for key, value in data.items()
            if value is not None
        }
    return [_without_nulls(entry) for entry in data] if isinstance(data, list) else data


def _placed(rows: Sequence[Row]) -> Iterator[core.Panel]:
    """Each row's heading and panels, from left to right, then from top to bottom."""
    top = 0
    for row in rows:
        yield core.RowPanel(title=row.title, gridPos=core.GridPos(1, GRID_WIDTH, 0, top))
        top += 1
        left = line = 0
        for panel in row.panels:
            if left + panel.width > GRID_WIDTH:
                top, left, line = top + line, 0, 0
            yield _panel(panel, core.GridPos(panel.height, panel.width, left, top))
            left, line = left + panel.width, max(line, panel.height)
        top += line


def _panel(panel: Panel, place: core.GridPos) -> CurrentPanel:
    repeat = core.Repeat(direction="h", variable=panel.repeat, maxPerRow=2)
    return CurrentPanel(
        title=panel.title,
        description=panel.description,
        dataSource=DATASOURCE,
        gridPos=place,
        targets=[_target(panel, i) for i in range(len(panel.queries))],
        transformations=[
            {"id": step.id, "options": step.options} for step in panel.transformations
        ],
        # Grafana asks for as many points as the panel has pixels.
        maxDataPoints=None,
        repeat=repeat if panel.repeat else core.Repeat(),
        extraJson={
            "type": panel.kind,
            "fieldConfig": field_config(panel),
            "options": options(panel),
        },
    )


def _target(panel: Panel, i: int) -> PrometheusTarget:
    query = panel.queries[i]
    tabular = panel.kind in ("table", "trend")
    return PrometheusTarget(
        expr=query.expression,
        legendFormat=query.legend,
        refId=chr(ord("A") + i),
        instant=query.at_end,
        format="table" if tabular else "time_series",
        datasource=DATASOURCE,
    )


def _datasource() -> DescribedTemplate:
    template = DescribedTemplate(
        name="datasource", label="Data source", query="prometheus", type="datasource", regex=""
    )
    template.description = "Prometheus, or what speaks its query language."
    return template


def _template(variable: Variable) -> DescribedTemplate:
    template = DescribedTemplate(
        name=variable.name,
        label=variable.label,
        query=variable.query,
        dataSource=DATASOURCE,
        refresh=_REFRESH_ON_TIME_RANGE_CHANGE,
        includeAll=variable.many,
        multi=variable.many,
        # One cheap matcher, however many machines there are.
        allValue=".+" if variable.many else None,
        regex="",
    )
    template.description = variable.description
    return template
