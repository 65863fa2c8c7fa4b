"""Dashboards in our words -> Grafana's JSON, by grafanalib. Pure: nothing is read or written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from grafanalib import core
from grafanalib._gen import DashboardEncoder

from grafana.dashboards.current_panel import (
    CurrentPanel,
    DescribedTemplate,
    LiveTarget,
    PrometheusTarget,
)
from grafana.dashboards.options import field_config, options
from grafana.dashboards.words import (
    GRID_WIDTH,
    Annotation,
    Dashboard,
    Panel,
    Row,
    Transformation,
    Variable,
)

# What Grafana 11 writes; an older number would make it migrate what needs no migration.
SCHEMA_VERSION = 39
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# Grafana itself, as the source of live streams.
GRAFANA = {"type": "datasource", "uid": "grafana"}
_SHARED_CROSSHAIR = 1
_REFRESHES = ["1s", "5s", "15s", "30s", "1m", "5m", "15m", "1h"]
# From each dashboard to the others, with what is picked and the time range.
_SIBLINGS = {
    "type": "dashboards",
    "title": "PerfAnalysis",
    "tags": ["perfanalysis"],
    "asDropdown": True,
    "includeVars": True,
    "keepTime": True,
    "targetBlank": False,
    "icon": "external link",
    "tooltip": "",
    "url": "",
}
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
        annotations=core.Annotations(list=[_annotation(mark) for mark in dashboard.annotations]),
        links=[_SIBLINGS],
        time=core.Time(f"now-{dashboard.span}", "now"),
        timePicker=core.TimePicker(_REFRESHES, []),
        refresh=dashboard.refresh,
        timezone="browser",
        schemaVersion=SCHEMA_VERSION,
        graphTooltip=_SHARED_CROSSHAIR,
    ).auto_panel_ids()
    data = json.loads(json.dumps(generated, cls=DashboardEncoder))
    # Fields that only Grafana before 8 read.
    for outdated in ("__inputs", "gnetId", "hideControls", "rows", "sharedCrosshair", "style"):
        del data[outdated]
    # Grafana 12 has it no more.
    del data["timepicker"]["time_options"]
    data["panels"] = [_as_typed(panel) for panel in data["panels"]]
    for variable in data["templating"]["list"]:
        variable.pop("definition", None)
        if not variable["current"]:
            del variable["current"]
    text = json.dumps(_without_nulls(data), indent=1, sort_keys=True, ensure_ascii=False)
    return text.encode() + b"\n"


def _as_typed(panel: dict[str, Any]) -> dict[str, Any]:
    """A panel; of a row's heading only what Grafana's type of it has."""
    if panel["type"] != "row":
        return panel
    kept = ("collapsed", "gridPos", "id", "panels", "title", "type")
    return {name: panel[name] for name in kept}


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
    """The first row's heading and panels; then the others' headings, closed, with theirs inside.

    What is closed asks nothing until somebody opens it.
    """
    first, *others = rows
    yield core.RowPanel(title=first.title, gridPos=core.GridPos(1, GRID_WIDTH, 0, 0))
    panels, top = _in_lines(first, 1)
    yield from panels
    for i, row in enumerate(others, top):
        place = core.GridPos(1, GRID_WIDTH, 0, i)
        inside, _ = _in_lines(row, i + 1)
        yield core.RowPanel(title=row.title, gridPos=place, collapsed=True, panels=inside)


def _in_lines(row: Row, top: int) -> tuple[list[core.Panel], int]:
    """A row's panels from left to right, then from top to bottom; and where they end."""
    panels = []
    left = line = 0
    for panel in row.panels:
        if left + panel.width > GRID_WIDTH:
            top, left, line = top + line, 0, 0
        panels.append(_panel(panel, core.GridPos(panel.height, panel.width, left, top)))
        left, line = left + panel.width, max(line, panel.height)
    return panels, top + line


def _panel(panel: Panel, place: core.GridPos) -> CurrentPanel:
    repeat = core.Repeat(direction="h", variable=panel.repeat, maxPerRow=2)
    return CurrentPanel(
        title=panel.title,
        description=panel.description,
        dataSource=GRAFANA if panel.stream else DATASOURCE,
        gridPos=place,
        targets=[LiveTarget(expr=panel.stream, refId="A", datasource=GRAFANA)]
        if panel.stream
        else [_target(panel, i) for i in range(len(panel.queries))],
        transformations=[_transformation(step) for step in panel.transformations],
        maxDataPoints=panel.points,
        repeat=repeat if panel.repeat else core.Repeat(),
        extraJson={
            "type": panel.kind,
            "fieldConfig": field_config(panel),
            "options": options(panel),
        },
    )


def _target(panel: Panel, i: int) -> PrometheusTarget:
    query = panel.queries[i]
    tabular = query.at_end and panel.kind in ("table", "trend", "barchart", "xychart")
    return PrometheusTarget(
        expr=query.expression,
        legendFormat=query.legend,
        refId=chr(ord("A") + i),
        instant=query.at_end,
        format="table" if tabular else "time_series",
        datasource=DATASOURCE,
    )


def _transformation(step: Transformation) -> dict[str, Any]:
    made: dict[str, Any] = {"id": step.id, "options": step.options}
    if step.only:
        made["filter"] = {"id": "byRefId", "options": step.only}
    return made


def _datasource() -> DescribedTemplate:
    template = DescribedTemplate(
        name="datasource", label="Data source", query="prometheus", type="datasource", regex=""
    )
    template.description = "Prometheus, or what speaks its query language."
    return template


def _template(variable: Variable) -> DescribedTemplate:
    chosen = variable.choices
    template = DescribedTemplate(
        name=variable.name,
        label=variable.label,
        type="custom" if chosen else "query",
        query=", ".join(f"{text} : {value}" for text, value in chosen) or _asked(variable),
        dataSource=None if chosen else DATASOURCE,
        refresh=0 if chosen else _REFRESH_ON_TIME_RANGE_CHANGE,
        includeAll=variable.many,
        multi=variable.many,
        # One cheap matcher, however many machines there are.
        allValue=(variable.all_value or None) if variable.many else None,
        regex=f'/\\b{variable.result_label}="([^"]+)"/' if variable.result_label else "",
        hide=core.HIDE_VARIABLE if variable.hidden else core.SHOW,
    )
    template.description = variable.description
    template.choices = chosen
    template.first = variable.first
    return template


def _asked(variable: Variable) -> str:
    """What Grafana asks for the choices of a variable."""
    return f"query_result({variable.query})" if variable.result_label else variable.query


def _annotation(mark: Annotation) -> dict[str, Any]:
    return {
        "name": mark.name,
        "datasource": DATASOURCE,
        "enable": True,
        "hide": False,
        "iconColor": mark.colour,
        "expr": mark.expression,
        "titleFormat": mark.title,
        "textFormat": mark.text,
        "tagKeys": "",
        "useValueForTime": mark.at_value,
        "target": {"expr": mark.expression, "refId": "Anno"},
    }
