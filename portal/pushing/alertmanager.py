"""What Alertmanager's webhook sends (version 4), and the message that people get of it. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from perfanalysis.errors import InputError
from portal.pushing.encryption import MOST_PLAIN_BYTES

_MOST_TITLE, _MOST_BODY = 120, 600
MOST_ALERTS = 10_000
Texts = dict[str, str]


class AlertOfWebhook(Struct, frozen=True):
    """One alert."""

    status: str
    labels: Texts = {}
    annotations: Texts = {}


class AlertsOfWebhook(Struct, frozen=True, rename="camel"):
    """What a webhook is sent; fields that nobody needs here are left out."""

    version: str
    group_key: str
    status: str
    receiver: str
    alerts: Annotated[list[AlertOfWebhook], Meta(max_length=MOST_ALERTS)]
    group_labels: Texts = {}
    common_labels: Texts = {}
    common_annotations: Texts = {}


@dataclass(frozen=True)
class PushMessage:
    """What is pushed.

    Attributes:
        content: JSON with ``title``, ``body``, ``tag``, ``status`` and ``severity``.
        topic: a message of the same topic replaces one that waits (at most 32 characters).
        urgency: high or normal, of RFC 8030.
    """

    content: bytes
    topic: str
    urgency: str


def read(data: bytes) -> AlertsOfWebhook:
    """Read what Alertmanager sent.

    Raises:
        InputError: it is none of that; with the field.
    """
    try:
        found = msgspec.json.decode(data, type=AlertsOfWebhook)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        expected = f"what Alertmanager's webhook sends ({error})"
        raise InputError("body", "", expected) from error
    if found.version != "4":
        raise InputError("body", "version", "'4'", found.version)
    return found


def message(found: AlertsOfWebhook) -> PushMessage:
    """The message of a group of alerts; its texts are cut so that it fits."""
    firing = [one for one in found.alerts if one.status == "firing"]
    resolved = found.status == "resolved"
    labels = found.common_labels | found.group_labels
    name = labels.get("alertname") or found.receiver
    count = len(found.alerts) if resolved else len(firing)
    mark = "Resolved" if resolved else "Firing"
    several = f" ({count})" if count != 1 else ""
    severity = "" if resolved else labels.get("severity", "")
    topic = hashlib.sha256(found.group_key.encode("utf-8", "replace")).hexdigest()[:32]
    said = {
        "title": _cut(f"{mark}: {name}{several}", _MOST_TITLE),
        "body": _cut(_body(found), _MOST_BODY),
        "tag": topic,
        "status": "resolved" if resolved else "firing",
        "severity": _cut(severity, 40),
    }
    urgency = "high" if severity == "critical" else "normal"
    return PushMessage(packed(said), topic, urgency)


def packed(said: dict[str, str]) -> bytes:
    """As JSON; the body gives way where other scripts take more room."""
    while len(data := json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")) > (
        MOST_PLAIN_BYTES
    ):
        said = said | {"body": said["body"][: len(said["body"]) // 2]}
    return data


def _body(found: AlertsOfWebhook) -> str:
    common = found.common_annotations
    if said := common.get("summary") or common.get("description"):
        return said
    lines = [
        one.annotations.get("summary")
        or one.annotations.get("description")
        or one.labels.get("instance")
        or one.labels.get("alertname", "")
        for one in found.alerts[:5]
    ]
    more = len(found.alerts) - len(lines)
    return "\n".join([*filter(None, lines), *([f"and {more} more"] if more > 0 else [])])


def _cut(text: str, most: int) -> str:
    words = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return words if len(words) <= most else words[: most - 1] + "…"
