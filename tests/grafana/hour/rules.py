"""What rules would have recorded through the hour, and which alerts would have been firing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from grafana.dashboards.expressions import RULES, rules_in
from perfanalysis.promql import Engine, Series
from tests.grafana.hour.recording import SCRAPE_SECONDS

Labels = Mapping[str, str]
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# A rule's file knows no template here: a label that holds one is left out.
_TEMPLATE = "{{"


def in_order() -> list[list[dict[str, Any]]]:
    """All rules, in rounds: each uses only what the rounds before have recorded."""
    waiting = rules_in(RULES)
    rounds = []
    while waiting:
        missing = {rule["record"] for rule in waiting if "record" in rule}
        ready = [rule for rule in waiting if not _names(rule["expr"]) & missing]
        # Rules that lead on from one another under one name are walked as their file has them.
        ready = ready or waiting[:1]
        rounds.append(ready)
        waiting = [rule for rule in waiting if rule not in ready]
    return rounds


def evaluate(engine: Engine, rule: dict[str, Any], begin: float, end: float) -> list[Series]:
    """The series that a rule makes between two moments, by the engine's own evaluation."""
    found = engine.query_range(rule["expr"], begin, end, SCRAPE_SECONDS)
    own = {k: str(v) for k, v in rule.get("labels", {}).items() if _TEMPLATE not in str(v)}
    if "record" in rule:
        name = {"__name__": rule["record"]}
        return [Series({**_plain(s.labels), **own, **name}, s.times, s.values) for s in found]
    name = {"__name__": "ALERTS", "alertname": rule["alert"], "alertstate": "firing"}
    fired = []
    for series in found:
        firing = _firing(series.times, _duration(rule.get("for", "0s")))
        if len(firing):
            labels = {**_plain(series.labels), **own, **name}
            fired.append(Series(labels, firing, np.ones(len(firing))))
    return fired


def _plain(labels: Labels) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name != "__name__"}


def _names(expression: str) -> set[str]:
    return set(re.findall(r"[a-zA-Z_][\w:]*", expression))


def _duration(text: str) -> float:
    return sum(int(n) * _SECONDS[unit] for n, unit in re.findall(r"(\d+)([smhd])", text))


def _firing(times: Iterable[float], needed: float) -> Any:
    """The moments at which an expression had held for as long as an alert asks."""
    moments = []
    since = last = -np.inf
    for moment in times:
        if moment - last > SCRAPE_SECONDS * 1.5:
            since = moment
        last = moment
        if moment - since >= needed:
            moments.append(moment)
    return np.array(moments)
