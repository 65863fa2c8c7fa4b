"""How each kind of panel looks: Grafana's field configuration and options, from our words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grafana.dashboards.words import Panel, Query, ValueText

_LEGEND = {"showLegend": True, "placement": "bottom", "displayMode": "list", "calcs": []}
_LEGEND_TABLE = {
    "showLegend": True,
    "placement": "bottom",
    "displayMode": "table",
    "calcs": ["mean", "max", "lastNotNull"],
    "sortBy": "Max",
    "sortDesc": True,
}
_LEGENDS: dict[str, dict[str, Any]] = {
    "table": _LEGEND_TABLE,
    "list": _LEGEND,
    "none": {"showLegend": False, "placement": "bottom", "displayMode": "list", "calcs": []},
}
_TOOLTIP = {"mode": "multi", "sort": "desc"}
_LINES = {"mode": "palette-classic"}
# Each bar has its name beside it: different colours would seem to say something.
_COLOURS = {"bargauge": {"mode": "fixed", "fixedColor": "blue"}}
_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def field_config(panel: Panel) -> dict[str, Any]:
    """The panel's ``fieldConfig``: units, ranges, colours, and what single fields do otherwise."""
    steps = [{"color": step.colour, "value": step.value} for step in panel.steps]
    coloured_by_value = panel.kind in ("stat", "status-history") or (
        panel.kind in ("bargauge", "barchart", "table") and len(steps) > 1
    )
    defaults: dict[str, Any] = {
        "unit": panel.unit,
        "min": panel.minimum,
        "max": panel.maximum,
        "decimals": panel.decimals,
        "noValue": panel.no_value or None,
        "color": {"mode": "thresholds"} if coloured_by_value else _COLOURS.get(panel.kind, _LINES),
        "mappings": _mappings(panel.values),
        "links": [{"title": link.title, "url": link.url} for link in panel.links],
        "thresholds": {
            "mode": "absolute",
            "steps": steps or [{"color": "text", "value": None}],
        },
        "custom": _custom(panel),
    }
    return {"defaults": defaults, "overrides": _overrides(panel)}


def options(panel: Panel) -> dict[str, Any]:
    """The panel's ``options``."""
    return _OPTIONS[panel.kind](panel)


def _timeseries(panel: Panel) -> dict[str, Any]:
    return {"legend": _LEGENDS[panel.legend], "tooltip": _TOOLTIP}


def _trend(panel: Panel) -> dict[str, Any]:
    return {"legend": _LEGEND, "tooltip": _TOOLTIP, "xField": panel.x_field}


def _table(panel: Panel) -> dict[str, Any]:
    del panel
    # Pages were the footer's until Grafana 12, and are the table's own since.
    footer = {"show": False, "reducer": [], "enablePagination": True}
    return {"showHeader": True, "cellHeight": "sm", "enablePagination": True, "footer": footer}


def _stat(panel: Panel) -> dict[str, Any]:
    return {
        "reduceOptions": _LAST,
        # A figure without thresholds or words is neither good nor bad, and has no colour.
        "colorMode": "background" if panel.steps or panel.values else "none",
        "graphMode": "area" if panel.sparkline else "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "textMode": "value_and_name" if panel.legend != "none" else "value",
    }


def _bargauge(panel: Panel) -> dict[str, Any]:
    del panel
    return {
        "reduceOptions": _LAST,
        "displayMode": "basic",
        "orientation": "horizontal",
        "showUnfilled": True,
        "valueMode": "text",
        "namePlacement": "left",
        "sizing": "auto",
    }


def _status_history(panel: Panel) -> dict[str, Any]:
    del panel
    return {
        "legend": {"showLegend": True, "placement": "bottom", "displayMode": "list", "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
        "showValue": "never",
        "rowHeight": 0.9,
        "colWidth": 0.95,
    }


def _barchart(panel: Panel) -> dict[str, Any]:
    return {
        "legend": _LEGENDS[panel.legend if panel.legend == "none" else "list"],
        "tooltip": _TOOLTIP,
        "xField": panel.x_field,
        "orientation": "horizontal" if panel.signed else "auto",
        "showValue": "always" if panel.signed else "auto",
        "stacking": "none",
        "groupWidth": 0.7,
        "barWidth": 0.9,
        "xTickLabelRotation": 0,
        "xTickLabelMaxLength": 24,
    }


def _xychart(panel: Panel) -> dict[str, Any]:
    series = [
        {
            "frame": {"matcher": {"id": "byIndex", "options": 0}},
            "x": {"matcher": {"id": "byName", "options": scatter.x}},
            "y": {"matcher": {"id": "byName", "options": scatter.y}},
        }
        for scatter in panel.scatters
    ]
    return {
        "mapping": "manual",
        "series": series,
        "legend": _LEGENDS["list"],
        "tooltip": {"mode": "single", "sort": "none"},
    }


_OPTIONS: dict[str, Callable[[Panel], dict[str, Any]]] = {
    "timeseries": _timeseries,
    "trend": _trend,
    "table": _table,
    "stat": _stat,
    "bargauge": _bargauge,
    "status-history": _status_history,
    "barchart": _barchart,
    "xychart": _xychart,
}


def _custom(panel: Panel) -> dict[str, Any]:
    if panel.kind == "table":
        return {"align": "auto", "filterable": True, "cellOptions": {"type": "auto"}}
    if panel.kind == "xychart":
        return {"show": "points", "pointSize": {"fixed": 9}, "lineWidth": 2}
    if panel.kind == "status-history":
        return {"lineWidth": 0, "fillOpacity": 90}
    if panel.kind == "barchart":
        return {
            "lineWidth": 1,
            "fillOpacity": 80,
            "axisPlacement": "auto",
            "axisCenteredZero": panel.signed,
        }
    if panel.kind not in ("timeseries", "trend"):
        return {}
    return {
        "drawStyle": "line",
        "lineWidth": 2 if panel.kind == "trend" else 1,
        "lineInterpolation": "linear",
        "fillOpacity": 70 if panel.stacked else 0,
        "gradientMode": "none",
        "showPoints": "always" if panel.kind == "trend" else "never",
        "pointSize": 6,
        # A gap is a gap: unknown is not interpolated.
        "spanNulls": False,
        "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
        "axisPlacement": "auto",
        "axisCenteredZero": _has_both_directions(panel.queries),
        "scaleDistribution": {"type": "linear"},
        "thresholdsStyle": {"mode": "dashed" if panel.steps else "off"},
    }


def _has_both_directions(queries: Sequence[Query]) -> bool:
    """Whether some series are drawn below zero (sent beside received)."""
    return any(query.expression.startswith("-") for query in queries)


def _mappings(values: Sequence[ValueText]) -> list[dict[str, Any]]:
    words = {
        f"{value.value:g}": {"text": value.text, "color": value.colour, "index": i}
        for i, value in enumerate(values)
    }
    return [{"type": "value", "options": words}] if words else []


def _overrides(panel: Panel) -> list[dict[str, Any]]:
    overrides: list[dict[str, Any]] = [
        {
            "matcher": {"id": "byName", "options": scatter.y},
            "properties": [{"id": "custom.show", "value": "points+lines"}],
        }
        for scatter in panel.scatters
        if scatter.joined
    ]
    if panel.kind == "trend":
        # The panel's unit, range and decimals are those of its lines; levels are plain numbers.
        plain: list[object] = [{"id": "unit", "value": "none"}, {"id": "decimals", "value": 0}]
        overrides.append(
            {"matcher": {"id": "byName", "options": panel.x_field}, "properties": plain}
        )
    for style in panel.styles:
        properties = [{"id": name, "value": value} for name, value in style.settings]
        if style.values:
            properties.append({"id": "mappings", "value": _mappings(style.values)})
        matcher = {"id": "byName", "options": style.field}
        overrides.append({"matcher": matcher, "properties": properties})
    return overrides
