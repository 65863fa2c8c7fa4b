"""What Alertmanager sends, and the message that is made of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perfanalysis.errors import InputError
from portal.api.alerts import _EXAMPLE
from portal.pushing.alertmanager import message, read
from portal.pushing.encryption import MOST_PLAIN_BYTES


def said(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(message(read(made(**changes))).content)
    return found


def made(**changes: Any) -> bytes:
    return json.dumps(_EXAMPLE | changes).encode()


def alert(status: str = "firing", **labels: str) -> dict[str, Any]:
    return {"status": status, "labels": labels, "annotations": {}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {},
            {
                "title": "Firing: HostDown",
                "body": "web-1 does not answer",
                "status": "firing",
                "severity": "critical",
            },
        ),
        ({"status": "resolved"}, {"title": "Resolved: HostDown", "severity": ""}),
        (
            {
                "commonAnnotations": {},
                "alerts": [alert(instance=f"web-{at}") for at in range(7)],
            },
            {
                "title": "Firing: HostDown (7)",
                "body": "web-0\nweb-1\nweb-2\nweb-3\nweb-4\nand 2 more",
            },
        ),
        (
            {"alerts": [alert(), alert("resolved"), alert()]},
            {"title": "Firing: HostDown (2)"},
        ),
        ({"groupLabels": {}, "commonLabels": {}}, {"title": "Firing: browsers"}),
        ({"commonAnnotations": {"summary": "a\x1b[31m\nb"}}, {"body": "a [31m\nb"}),
        ({"alerts": [], "commonAnnotations": {}}, {"title": "Firing: HostDown (0)", "body": ""}),
    ],
)
def test_messages(changes: dict[str, Any], expected: dict[str, str]) -> None:
    found = said(**changes)
    assert {name: found[name] for name in expected} == expected


def test_a_message_fits_whatever_comes() -> None:
    for text in ("x" * 100_000, "\U0001f600" * 5000, '"' * 5000):
        changes = {"commonAnnotations": {"summary": text}, "commonLabels": {"severity": text}}
        found = message(read(made(groupKey=text, groupLabels={"alertname": text}, **changes)))
        assert len(found.content) <= MOST_PLAIN_BYTES
        assert len(found.topic) == 32
        json.loads(found.content)


def test_a_group_replaces_its_own_messages_alone() -> None:
    one, two = message(read(made())), message(read(made(status="resolved")))
    assert one.topic == two.topic
    assert (one.urgency, two.urgency) == ("high", "normal")
    assert message(read(made(groupKey="other"))).topic != one.topic


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "Input data was truncated"),
        (b"[]", "array"),
        (b"{}", "version"),
        (made(version="3"), "version"),
        (made(alerts=[{"labels": {}}]), "status"),
        (made(alerts=[alert()] * 10_001), "length"),
        (b"\xff", "malformed"),
    ],
)
def test_what_is_none_is_refused(body: bytes, field: str) -> None:
    with pytest.raises(InputError, match=field):
        read(body)
