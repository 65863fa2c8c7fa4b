"""The table of alerts -> ``helm/perfanalysis/thresholds.yaml``. Pure.

Its copies of rules have the figures filled in. Where values give an alert other figures,
the chart's templates fill its texts anew: so each text is there with its ``${name}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from prometheus.generator.marked import COMMAND
from prometheus.generator.table import Alert, AlertTable, Need
from prometheus.generator.thresholds import AlertThreshold, in_expression, in_text


def chart_thresholds(table: AlertTable) -> str:
    """The text of the file: a line of JSON, which is YAML, for each alert and each need."""
    lines = [
        f"# Made by `{COMMAND}` from prometheus/alerts: do not edit.",
        "alerts:",
        *(f"  {alert.name}: {json.dumps(_alert(alert))}" for alert in table.alerts),
        "needs:",
        *(f"  {name}: {text}" for name, text in _needs(table)),
    ]
    return "\n".join(lines) + "\n"


def _alert(alert: Alert) -> dict[str, object]:
    where, figures = str(alert.source), {**alert.figures, **_open(alert)}
    return {
        "expr": in_expression(alert.expr, figures, where, f"{alert.name}.expr"),
        "summary": in_text(alert.summary, figures, where, f"{alert.name}.summary"),
        "description": in_text(alert.description, figures, where, f"{alert.name}.description"),
        "thresholds": {
            name: {"value": threshold.promql, "text": threshold.text}
            for name, threshold in alert.thresholds.items()
        },
    }


def _needs(table: AlertTable) -> Iterator[tuple[str, str]]:
    needs: tuple[Need, ...] = (*table.machine_needs, *table.container_needs)
    for need in needs:
        if need.alert is not None:
            figures = {**table.settings.figures, **_open(need.alert)}
            expr = in_expression(need.expr, figures, "prometheus/alerts/needs.yml", need.resource)
            yield need.resource, json.dumps({"alert": need.alert.name, "expr": expr})


def _open(alert: Alert) -> Mapping[str, AlertThreshold]:
    """The thresholds of an alert as what stands for themselves."""
    return {
        name: AlertThreshold(f"${{{name}}}", f"${{{name}}}", f"${{{name}}}")
        for name in alert.thresholds
    }
