"""How each kind of panel looks: Grafana's field configuration and options, from our words."""

from __future__ import annotations

from collections.abc import Sequence
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
_TOOLTIP = {"mode": "multi", "sort": "desc"}
_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def field_config(panel: Panel) -> dict[str, Any]:
    """The panel's ``fieldConfig``: units, ranges, colours, and what single fields do otherwise."""
    steps = [{"color": step.colour, "value": step.value} for step in panel.steps]
    coloured_by_value = panel.kind == "stat" or (panel.kind == "bargauge" and len(steps) > 1)
    defaults: dict[str, Any] = {
        "unit": panel.unit,
        "min": panel.minimum,
        "max": panel.maximum,
        "decimals": panel.decimals,
        "noValue": panel.no_value or None,
        "color": {"mode": "thresholds" if coloured_by_value else "palette-classic"},
        "mappings": _mappings(panel.values),
        "thresholds": {
            "mode": "absolute",
            "steps": steps or [{"color": "green", "value": None}],
        },
        "custom": _custom(panel),
    }
    return {"defaults": defaults, "overrides": _overrides(panel)}


def options(panel: Panel) -> dict[str, Any]:
    """The panel's ``options``."""
    if panel.kind == "timeseries":
        return {"legend": _LEGEND_TABLE, "tooltip": _TOOLTIP}
    if panel.kind == "trend":
        return {"legend": _LEGEND, "tooltip": _TOOLTIP, "xField": panel.x_field}
    if panel.kind == "table":
        return {"showHeader": True, "cellHeight": "sm", "footer": {"show": False}}
    if panel.kind == "stat":
        return {
            "reduceOptions": _LAST,
            "colorMode": "background",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "textMode": "value_and_name",
        }
    return {
        "reduceOptions": _LAST,
        "displayMode": "basic",
        "orientation": "horizontal",
        "showUnfilled": True,
        "valueMode": "text",
        "namePlacement": "left",
        "sizing": "auto",
    }


def _custom(panel: Panel) -> dict[str, Any]:
    if panel.kind == "table":
        return {"align": "auto", "filterable": True, "cellOptions": {"type": "auto"}}
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
    overrides = []
    for style in panel.styles:
        properties = [{"id": name, "value": value} for name, value in style.settings]
        if style.values:
            properties.append({"id": "mappings", "value": _mappings(style.values)})
        matcher = {"id": "byName", "options": style.field}
        overrides.append({"matcher": matcher, "properties": properties})
    return overrides
