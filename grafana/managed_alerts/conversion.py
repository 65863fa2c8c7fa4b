"""Prometheus' alerting rules -> Grafana's own, as its provisioning reads them. Pure.

An alert of Prometheus fires for whatever its expression answers. One of Grafana needs a condition:
here that there is an answer, whatever it is. The fields are those of
``pkg/services/provisioning/alerting`` in Grafana's source. Recording rules stay where series are:
in Prometheus, Mimir or what else evaluates them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# The data source of grafana/provisioning; whoever has another writes its uid into the file.
DATA_SOURCE = "prometheus"
FOLDER = "PerfAnalysis"
# Receivers of contact-points.yml, by severity.
RECEIVERS = {
    "critical": "perfanalysis-on-call",
    "warning": "perfanalysis-team",
    "info": "perfanalysis-digest",
    "none": "perfanalysis-heartbeat",
}
_EXPRESSION = "__expr__"
_LOOK_BACK_SECONDS = 600
_LONGEST_UID = 40
_VALUE = re.compile(r"\$value\b")


def provisioned(groups: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The document of Grafana's provisioning: each group that has alerts, with those.

    Args:
        groups: of Prometheus' rule files.

    Raises:
        ValueError: an alert's name does not make an identifier that Grafana takes.
    """
    made = []
    for group in groups:
        rules = [_rule(rule) for rule in group["rules"] if "alert" in rule]
        if rules:
            place = {"orgId": 1, "name": group["name"], "folder": FOLDER}
            made.append({**place, "interval": group["interval"], "rules": rules})
    return {"apiVersion": 1, "groups": made}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    severity = rule["labels"]["severity"]
    made: dict[str, Any] = {
        "uid": _uid(rule["alert"]),
        "title": rule["alert"],
        "condition": "fires",
        "data": [_query(rule["expr"]), _any_answer(), _above_zero()],
        # No answer is all well, as in Prometheus; one that cannot be had is not.
        "noDataState": "OK",
        "execErrState": "Error",
        "for": str(rule.get("for", "0s")),
        # An alert is over as soon as its series is gone, and not two evaluations later.
        "missing_series_evals_to_resolve": 1,
        "labels": dict(rule["labels"]),
        "annotations": {name: _text(text) for name, text in rule["annotations"].items()},
        # Its own receiver, so that the tree of policies that is there stays as it is.
        "notification_settings": {"receiver": RECEIVERS[severity]},
    }
    if "keep_firing_for" in rule:
        made["keepFiringFor"] = str(rule["keep_firing_for"])
    return made


def _uid(alert: str) -> str:
    uid = "perfanalysis-" + re.sub(r"(?<!^)(?=[A-Z])", "-", alert).lower()
    uid = uid if len(uid) <= _LONGEST_UID else f"perfanalysis-{alert.lower()}"
    if len(uid) > _LONGEST_UID or not re.fullmatch(r"[a-z0-9-]+", uid):
        raise ValueError(f"alert {alert!r}: Grafana takes {_LONGEST_UID} letters, digits and -")
    return uid


def _text(template: str) -> str:
    """An annotation: what Prometheus calls ``$value`` is a list of all steps in Grafana."""
    return _VALUE.sub("$values.query.Value", template)


def _query(expression: str) -> dict[str, Any]:
    return {
        "refId": "query",
        "relativeTimeRange": {"from": _LOOK_BACK_SECONDS, "to": 0},
        "datasourceUid": DATA_SOURCE,
        "model": {
            "refId": "query",
            "datasource": {"type": "prometheus", "uid": DATA_SOURCE},
            "expr": expression,
            "instant": True,
            "range": False,
        },
    }


def _any_answer() -> dict[str, Any]:
    """1 for each series of the answer, also for 0 and for what is no number."""
    expression = "is_number($query) || is_nan($query) || is_inf($query)"
    return _step("answered", {"type": "math", "expression": expression})


def _above_zero() -> dict[str, Any]:
    condition = {"evaluator": {"type": "gt", "params": [0]}}
    model = {"type": "threshold", "expression": "answered", "conditions": [condition]}
    return _step("fires", model)


def _step(name: str, model: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "refId": name,
        "queryType": model["type"],
        "datasourceUid": _EXPRESSION,
        "model": {
            "refId": name,
            "datasource": {"type": _EXPRESSION, "uid": _EXPRESSION},
            **model,
        },
    }
