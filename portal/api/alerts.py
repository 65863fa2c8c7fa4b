"""/api/v1/alerts: where Alertmanager's webhook sends to; browsers get what it says."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field

from portal.api.callers import Agent
from portal.api.forms import AnswerForm, RawBody, problems, raw_body
from portal.api.push import queue_of, to_push
from portal.api.state import state_of
from portal.pushing import alertmanager, subscriptions

router = APIRouter(prefix="/api/v1/alerts", tags=["push"])
_EXAMPLE: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{alertname="HostDown"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "browsers",
    "groupLabels": {"alertname": "HostDown"},
    "commonLabels": {"alertname": "HostDown", "severity": "critical"},
    "commonAnnotations": {"summary": "web-1 does not answer"},
    "externalURL": "http://alertmanager.example:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "HostDown", "instance": "web-1", "severity": "critical"},
            "annotations": {"summary": "web-1 does not answer"},
            "startsAt": "2026-11-30T12:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example:9090/graph",
            "fingerprint": "0123456789abcdef",
        }
    ],
}


class AlertsAnswer(AnswerForm):
    """How many alerts came, and to how many browsers they go."""

    alerts: int = Field(examples=[1])
    browsers: int = Field(examples=[2])


@router.post(
    "",
    status_code=202,
    responses=problems(408, 409, 413, 415),
    openapi_extra=raw_body(
        {"type": "object", "title": "Alertmanager's webhook, version 4"},
        {"application/json": _EXAMPLE},
    ),
)
def take(request: Request, caller: Agent, body: RawBody) -> AlertsAnswer:
    """Push a group of alerts to all browsers that the tenant's keys and people have subscribed.

    503 where too many messages wait: Alertmanager then comes again.
    """
    queue = queue_of(request)
    found = alertmanager.read(body)
    message = alertmanager.message(found)
    with state_of(request).reading(caller) as session:
        messages = [to_push(row, message) for row in subscriptions.all_of(session)]
    if not queue.put(messages):
        said = "too many messages wait to be sent: try again"
        raise HTTPException(503, said, {"Retry-After": "10"})
    return AlertsAnswer(alerts=len(found.alerts), browsers=len(messages))
