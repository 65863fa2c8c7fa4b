"""Predictions and plans: kept once, byte for byte, found by machine, of one tenant alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.portal.serving import Tenant, client
from tests.portal.work_documents import plan, prediction

BOTH = pytest.mark.parametrize("name", ["predictions", "plans"])
MADE = {"predictions": prediction, "plans": plan}


@BOTH
def test_kept_once_and_as_it_came(tenant: Tenant, name: str) -> None:
    body, url = MADE[name]("web-1", "batch"), f"/api/v1/{name}"
    first = tenant.ok("POST", url, 201, content=body)
    again = tenant.ok("POST", url, 200, content=body)
    assert (first["new"], again["new"]) == (True, False)
    assert first["document"] == again["document"]
    about = f"{url}/{first['document']['id']}"
    assert tenant.ok("GET", about) == first["document"]
    assert tenant.client.get(f"{about}/document").content == body
    # Another spelling of the same is another document: its bytes are kept.
    other = json.dumps(json.loads(body)).encode()
    assert tenant.ok("POST", url, 201, content=other)["new"]


@BOTH
def test_by_machine_and_page(tenant: Tenant, name: str) -> None:
    url = f"/api/v1/{name}"
    ids = {}
    for machines in (("a", "b"), ("b",), ("c",)):
        made = tenant.ok("POST", url, 201, content=MADE[name](*machines))
        ids[machines] = made["document"]["id"]

    def listed(**params: str | int) -> list[str]:
        found, cursor = [], None
        while True:
            page = tenant.ok("GET", url, params=params | ({"cursor": cursor} if cursor else {}))
            found += [one["id"] for one in page["documents"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    assert listed(limit=1) == list(ids.values())[::-1]
    assert listed(machine="b", limit=1) == [ids["b",], ids["a", "b"]]
    assert listed(machine="nobody") == []
    # Under all names that a machine of the inventory had.
    a, b = (
        tenant.ok("POST", "/api/v1/machines", json={"name": one})["machine"]["id"] for one in "ab"
    )
    assert listed(machine_id=a) == [ids["a", "b"]]
    tenant.ok("POST", f"/api/v1/machines/{b}/merge", json={"into": a})
    assert listed(machine_id=a) == [ids["b",], ids["a", "b"]]
    tenant.no("GET", url, 422, params={"machine": "a", "machine_id": a})


@BOTH
def test_by_when_they_came(tenant: Tenant, name: str) -> None:
    url = f"/api/v1/{name}"
    made = [tenant.ok("POST", url, 201, content=MADE[name](one))["document"] for one in "ab"]
    middle = made[1]["received_at"]

    def listed(**params: str) -> list[str]:
        return [one["id"] for one in tenant.ok("GET", url, params=params)["documents"]]

    assert listed(since=middle) == [made[1]["id"]]
    assert listed(until=middle) == [made[0]["id"]]
    assert listed(machine="a", since=middle) == []
    assert listed(machine="a", until=middle) == [made[0]["id"]]
    tenant.no("GET", url, 422, params={"since": "2026-01-01T00:00:00"})


@BOTH
def test_one_is_taken_away(tenant: Tenant, engine: object, name: str) -> None:
    url = f"/api/v1/{name}"
    made = tenant.ok("POST", url, 201, content=MADE[name]("a", "b"))["document"]
    body = {"name": "reading", "scopes": ["read", "report"]}
    reading = client(engine, tenant.ok("POST", "/api/v1/keys", 201, json=body)["key"])  # type: ignore[arg-type]
    assert reading.delete(f"{url}/{made['id']}").status_code == 403
    tenant.ok("DELETE", f"{url}/{made['id']}", 204)
    assert tenant.ok("GET", url)["documents"] == []
    assert tenant.ok("GET", url, params={"machine": "b"})["documents"] == []
    tenant.no("DELETE", f"{url}/{made['id']}", 404)
    (said, *_) = tenant.ok("GET", "/api/v1/audit")["entries"]
    assert said["action"] == f"{name[:-1]}.remove"
    assert said["facts"] == {"digest": made["digest"]}
    assert tenant.ok("POST", url, 201, content=MADE[name]("a", "b"))["new"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@BOTH
def test_one_is_taken_away_while_it_is_listed(tenant: Tenant, engine: Engine, name: str) -> None:
    """Between the statement that finds it by a machine and the one that reads it."""
    url = f"/api/v1/{name}"
    first, second = (
        tenant.ok("POST", url, 201, content=MADE[name]("web", other))["document"]["id"]
        for other in ("a", "b")
    )
    found: list[str] = []

    def take_away(*executed: Any) -> None:
        if "FROM work_document_machines" in executed[2] and not found:
            found.append(first)
            tenant.ok("DELETE", f"{url}/{first}", 204)

    event.listen(engine, "after_cursor_execute", take_away)
    page = tenant.ok("GET", url, params={"machine": "web"})
    assert ([one["id"] for one in page["documents"]], found) == ([second], [first])


@BOTH
def test_of_one_tenant(tenant: Tenant, other: Tenant, name: str) -> None:
    url = f"/api/v1/{name}"
    body = MADE[name]("secret")
    made = tenant.ok("POST", url, 201, content=body)["document"]["id"]
    assert other.ok("GET", url)["documents"] == []
    assert other.ok("GET", url, params={"machine": "secret"})["documents"] == []
    for end in ("", "/document"):
        assert "secret" not in other.no("GET", f"{url}/{made}{end}", 404)
    # That another has the same tells nothing.
    assert other.ok("POST", url, 201, content=body)["new"]
    # A plan is no prediction.
    wrong = {"predictions": "plans", "plans": "predictions"}[name]
    tenant.no("GET", f"/api/v1/{wrong}/{made}", 404)
    tenant.no("POST", f"/api/v1/{wrong}", 422, content=body)


@BOTH
def test_who_may(tenant: Tenant, engine: object, name: str) -> None:
    for scope, (posted, seen) in {"report": (201, 403), "read": (403, 200)}.items():
        body = {"name": scope, "scopes": [scope]}
        key = tenant.ok("POST", "/api/v1/keys", 201, json=body)["key"]
        asking = client(engine, key)  # type: ignore[arg-type]
        assert asking.post(f"/api/v1/{name}", content=MADE[name]("m")).status_code == posted
        assert asking.get(f"/api/v1/{name}").status_code == seen


def test_what_a_tenant_takes_with_it(tenant: Tenant, other: Tenant) -> None:
    body = prediction("web-1")
    other.ok("POST", "/api/v1/predictions", 201, content=body)
    lines = tenant.client.get(f"/api/v1/tenants/{other.id}/export").text.splitlines()
    rows = [json.loads(line) for line in lines]
    (kept,) = [row for row in rows if row["table"] == "work_documents"]
    assert kept["body"].encode() == body
    proof = tenant.ok("DELETE", f"/api/v1/tenants/{other.id}", params={"confirm": "other"})
    assert proof["deleted"]["work_documents"] == proof["deleted"]["work_document_machines"] == 1
    assert proof["left"]["work_documents"] == 0
