"""Panels and targets as current Grafana reads them, where grafanalib's own are of older forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grafanalib import core


class CurrentPanel(core.Panel):  # type: ignore[misc] # grafanalib has no types
    """A panel with a field configuration and options, the form of all panels since Grafana 8.

    grafanalib gives its place, title, queries and transformations; its own classes for single
    kinds lack units, mappings and overrides of current Grafana, or the kind itself (trend). The
    kind and both configurations are given as ``extraJson``.
    """

    def to_json_data(self) -> dict[str, Any]:
        """Grafana's JSON, without the fields that only Grafana before 8 read."""
        data: dict[str, Any] = self.panel_json({})
        for outdated in ("cacheTimeout", "editable", "error", "height", "minSpan", "span"):
            del data[outdated]
        return data


class PrometheusTarget(core.Target):  # type: ignore[misc] # grafanalib has no types
    """A query for Grafana's Prometheus data source: over the range, or at its end."""

    def to_json_data(self) -> dict[str, Any]:
        """Grafana's JSON of the query."""
        return {
            "datasource": self.datasource,
            "editorMode": "code",
            "expr": self.expr,
            "format": self.format,
            "instant": self.instant,
            "legendFormat": self.legendFormat,
            "range": not self.instant,
            "refId": self.refId,
        }


class LiveTarget(core.Target):  # type: ignore[misc] # grafanalib has no types
    """A channel of Grafana Live, such as ``stream/perfanalysis/loadtest``, as the source."""

    def to_json_data(self) -> dict[str, Any]:
        """Grafana's JSON of the subscription."""
        return {
            "datasource": self.datasource,
            "queryType": "measurements",
            "channel": self.expr,
            "buffer": 600_000,
            "refId": self.refId,
        }


_OUTDATED_IN_VARIABLES = (
    "auto",
    "auto_count",
    "auto_min",
    "tagValuesQuery",
    "tagsQuery",
    "useTags",
)


class DescribedTemplate(core.Template):  # type: ignore[misc] # grafanalib has no types
    """A variable in the form that Prometheus's label queries have now.

    grafanalib knows neither descriptions nor a custom variable's choices, so both are set after the
    rest.
    """

    description = ""
    choices: Sequence[tuple[str, str]] = ()
    first = ""

    def to_json_data(self) -> dict[str, Any]:
        """Grafana's JSON of the variable."""
        data: dict[str, Any] = super().to_json_data()
        for outdated in _OUTDATED_IN_VARIABLES:
            del data[outdated]
        data["description"] = self.description
        # Which value is picked is Grafana's to say, but All is the first where it can be.
        picked = {"text": self.first, "value": self.first} if self.first else {}
        data["current"] = {"text": ["All"], "value": ["$__all"]} if self.includeAll else picked
        if self.type == "query":
            data["definition"] = self.query
            data["query"] = {"qryType": 5, "query": self.query, "refId": "variable"}
        if self.choices:
            data["options"] = [
                {"text": text, "value": value, "selected": i == 0}
                for i, (text, value) in enumerate(self.choices)
            ]
            data["current"] = {"text": self.choices[0][0], "value": self.choices[0][1]}
        return data
