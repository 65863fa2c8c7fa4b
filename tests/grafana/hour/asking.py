"""Each panel's queries with variables filled in as Grafana does, asked of an engine."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.words import Dashboard, Panel, Query
from pictures.variables import Span, choices, filled, picked

SECONDS = 20.0
# What a panel that is drawn once for each value of a variable is asked for.
ONE = {"shown": "web-1", "kernel": "rmw"}
# What a person picks; what is not named here is All, or the first choice.
PICKS: dict[str, dict[str, list[str]]] = {
    "all": {},
    "one": {
        "job": ["node"],
        "instance": ["web-1"],
        "name": ["shop"],
        "cluster": ["shop"],
        "provider": ["aws"],
        "region": ["eu-west-1"],
    },
    "several": {
        "instance": ["db-1", "web-1"],
        "name": ["search", "shop"],
        "provider": ["aws", "azure"],
        "region": ["eu-west-1", "westeurope"],
    },
}


@dataclass(frozen=True)
class Answered:
    """One query's answer: the series as the engine gave them, and what it had to say besides."""

    expression: str
    series: list[dict[str, Any]]
    warnings: list[str]

    @property
    def values(self) -> Iterator[float]:
        """All values."""
        for entry in self.series:
            for _, value in entry.get("values") or [entry["value"]]:
                yield float(value)


def values_of(url: str, dashboard: Dashboard, pick: str, span: Span) -> dict[str, str]:
    """What each variable stands for; what is picked is among the choices that the engine gives."""
    values: dict[str, str] = {}
    for variable in dashboard.variables:
        offered = choices(url, variable, values, span)
        wanted = PICKS[pick].get(variable.name, [])
        assert set(wanted) <= set(offered), (variable.name, offered)
        if not variable.many:
            wanted = (wanted or offered)[:1]
            assert wanted, variable.query
        elif not variable.all_value:
            wanted = wanted or offered
        values[variable.name] = picked(variable, wanted)
    return values


def ask(url: str, query: Query, values: Mapping[str, str], span: Span) -> Answered:
    """Ask a query of an engine, at the end of the time range or all through it."""
    expression = filled(query.expression, values, span)
    # $1 is what label_replace found.
    assert not re.search(r"\$\D", expression), expression
    path, words = "query_range", {"start": span.start, "end": span.end, "step": span.step}
    if query.at_end:
        path, words = "query", {"time": span.end}
    answer = requests.post(
        f"{url}/api/v1/{path}", data={"query": expression, **words}, timeout=SECONDS
    ).json()
    assert answer["status"] == "success", (expression, answer)
    said = [*answer.get("warnings", []), *answer.get("infos", [])]
    return Answered(expression, answer["data"]["result"], said)


def finite(answered: Answered) -> bool:
    """Whether no value is infinite."""
    return not any(map(math.isinf, answered.values))


def panels() -> list[tuple[str, Dashboard, Panel]]:
    """All panels with queries: their dashboard's name, and the dashboard."""
    return [
        (name.removesuffix(".json"), dashboard, panel)
        for name, dashboard in ((name, make()) for name, make in DASHBOARDS.items())
        for panel in dashboard.panels
        if panel.queries
    ]


def repeated(
    panel: Panel, values: Mapping[str, str], one: Mapping[str, str] = ONE
) -> dict[str, str]:
    """The values for one drawing of a panel that is drawn once for each machine or kernel."""
    return {**values, panel.repeat: one[panel.repeat]} if panel.repeat else dict(values)


def marks(dashboard: Dashboard) -> list[Query]:
    """The queries of a dashboard's annotations."""
    return [Query(mark.expression) for mark in dashboard.annotations]
