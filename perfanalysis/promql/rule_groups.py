"""The rules that an evaluator has loaded, as ``/api/v1/rules`` tells them. Pure.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/#rules; vmalert, Mimir and Thanos
answer alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perfanalysis.promql.answers import QueryError


@dataclass(frozen=True)
class LoadedRule:
    """A rule: what it makes (an alert's or a metric's name), and how its last evaluation went.

    ``health`` is ``ok``, ``err``, or what else the evaluator says; ``error`` is "" without one.
    """

    name: str
    is_alert: bool
    expression: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    health: str
    error: str


@dataclass(frozen=True)
class LoadedGroup:
    """A group of rules.

    Attributes:
        interval: seconds between evaluations.
        took: seconds that the last one took.
        evaluated: when that was, Unix seconds; None before the first.
    """

    name: str
    rules: tuple[LoadedRule, ...]
    interval: float
    took: float
    evaluated: float | None


def groups_of(document: object, where: str) -> list[LoadedGroup]:
    """The groups of an answer.

    Args:
        document: as decoded.
        where: the URL, for messages.

    Raises:
        QueryError: it is no such answer.
    """
    data = document.get("data") if isinstance(document, dict) else None
    groups = data.get("groups") if isinstance(data, dict) else None
    # An empty list of Go is null where the program does not take care.
    if not isinstance(data, dict) or "groups" not in data or not isinstance(groups, list | None):
        raise QueryError(f"{where}: expected the groups of rules, found no such answer")
    try:
        return [_group(group) for group in groups or ()]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise QueryError(
            f"{where}: a group of rules is not as Prometheus has it: {error}"
        ) from error


def _group(group: Mapping[str, Any]) -> LoadedGroup:
    return LoadedGroup(
        str(group["name"]),
        tuple(_rule(rule) for rule in group.get("rules") or ()),
        float(group.get("interval") or 0.0),
        float(group.get("evaluationTime") or 0.0),
        _moment(group.get("lastEvaluation") or ""),
    )


def _rule(rule: Mapping[str, Any]) -> LoadedRule:
    return LoadedRule(
        str(rule["name"]),
        rule.get("type") == "alerting",
        str(rule.get("query", "")),
        rule.get("labels") or {},
        rule.get("annotations") or {},
        str(rule.get("health", "")),
        str(rule.get("lastError") or ""),
    )


def _moment(text: str) -> float | None:
    """A time as Go writes it, with up to nine digits of a second; its zero is year 1."""
    if not text or text.startswith("0001-"):
        return None
    return datetime.fromisoformat(text).timestamp()
