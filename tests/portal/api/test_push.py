"""Subscriptions of browsers, and Alertmanager's webhook."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from portal.api.alerts import _EXAMPLE
from portal.pushing import subscriptions
from portal.pushing.queue import PushQueue
from tests.portal.pushing.browsers import Subscribed
from tests.portal.serving import Tenant, client, portal

PATH = "/api/v1/push/subscriptions"


@pytest.fixture
def one(engine: Engine, push: PushQueue) -> Tenant:
    return portal(engine, "one", push=push)


def browser(name: str = "it") -> dict[str, Any]:
    return Subscribed(f"https://push.example/{name}").json


def with_scopes(engine: Engine, one: Tenant, push: PushQueue, *scopes: str) -> Tenant:
    made = one.ok("POST", "/api/v1/keys", 201, json={"name": "k", "scopes": scopes})
    return Tenant(one.id, one.name, made["key"], client(engine, made["key"], push=push))


def test_a_browser_is_subscribed_once(one: Tenant) -> None:
    first = one.ok("POST", PATH, 201, json=browser())
    assert first["service"] == "push.example"
    again = one.ok("POST", PATH, 200, json=browser())
    assert again["id"] == first["id"]
    listed = one.client.get(PATH)
    assert [row["id"] for row in listed.json()["subscriptions"]] == [first["id"]]
    # Who knows the endpoint may push.
    assert "push.example/it" not in listed.text
    one.ok("DELETE", f"{PATH}/{first['id']}", 204)
    assert "there is no subscription" in one.no("DELETE", f"{PATH}/{first['id']}", 404)
    log = [entry["action"] for entry in one.ok("GET", "/api/v1/audit")["entries"]]
    assert log[:2] == ["push.unsubscribe", "push.subscribe"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"endpoint": "http://push.example/x"}, "endpoint: expected the https:// URL"),
        ({"endpoint": "https://169.254.169.254/x"}, "a public address"),
        ({"endpoint": "https://push.example:22/x"}, "on port 443"),
        ({"keys": {"p256dh": "AAAA", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}, "keys.p256dh"),
        ({"keys": {}}, "p256dh"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_no_subscription(one: Tenant, changes: dict[str, Any], expected: str) -> None:
    assert expected in one.no("POST", PATH, 422, json=browser() | changes)


def test_each_key_has_its_own(engine: Engine, one: Tenant, push: PushQueue) -> None:
    reader = with_scopes(engine, one, push, "read")
    first = one.ok("POST", PATH, 201, json=browser())
    assert reader.ok("GET", PATH)["subscriptions"] == []
    reader.no("DELETE", f"{PATH}/{first['id']}", 404)
    reader.no("POST", f"{PATH}/{first['id']}/try", 404)
    assert "another one" in reader.no("POST", PATH, 409, json=browser())


def test_there_is_an_end_to_subscriptions(one: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST_OF_ONE_OWNER", 2)
    for name in ("a", "b"):
        one.ok("POST", PATH, 201, json=browser(name))
    assert "unsubscribe one first" in one.no("POST", PATH, 409, json=browser("c"))


def test_alerts_go_to_all_browsers_of_the_tenant(
    engine: Engine, one: Tenant, push: PushQueue
) -> None:
    other = portal(engine, "other", push=push)
    other.ok("POST", PATH, 201, json=browser("other"))
    reader = with_scopes(engine, one, push, "read")
    agent = with_scopes(engine, one, push, "report")
    one.ok("POST", PATH, 201, json=browser("a"))
    reader.ok("POST", PATH, 201, json=browser("b"))
    assert agent.ok("POST", "/api/v1/alerts", 202, json=_EXAMPLE) == {"alerts": 1, "browsers": 2}
    assert push.waiting == 2
    # Three fit, and none of two is taken where one has room: Alertmanager comes again.
    said = agent.client.post("/api/v1/alerts", json=_EXAMPLE)
    assert (said.status_code, said.headers["retry-after"], push.waiting) == (503, "10", 2)
    reader.no("POST", "/api/v1/alerts", 403, json=_EXAMPLE)
    assert "body: version" in agent.no(
        "POST", "/api/v1/alerts", 422, json=_EXAMPLE | {"version": "3"}
    )


def test_a_trial(one: Tenant, push: PushQueue) -> None:
    made = one.ok("POST", PATH, 201, json=browser())
    one.ok("POST", f"{PATH}/{made['id']}/try", 202)
    assert push.waiting == 1


def test_the_key(one: Tenant, push: PushQueue) -> None:
    found = one.ok("GET", "/api/v1/push/key")
    assert found == {"public_key": push.poster.key.public_text}


def test_a_portal_without_it_says_so(engine: Engine) -> None:
    found = portal(engine, "one")
    for method, path, more in (
        ("GET", "/api/v1/push/key", {}),
        ("POST", PATH, {"json": browser()}),
        ("POST", "/api/v1/alerts", {"json": _EXAMPLE}),
    ):
        assert "--push-contact" in found.no(method, path, 409, **more)
