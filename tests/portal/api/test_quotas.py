"""What a tenant may have at most, as its operator sets it and its own keys meet it."""

from __future__ import annotations

import threading
import uuid

import pytest
from sqlalchemy import Engine, select

from portal.access.quotas import NAMES
from portal.records.quotas import QuotaRow
from portal.records.tenant_session import TenantSession
from tests.portal.serving import Tenant, document, portal


@pytest.fixture
def operator(engine: Engine) -> Tenant:
    return portal(engine, "ops", is_operator=True)


@pytest.fixture
def tenant(operator: Tenant, engine: Engine) -> Tenant:
    del operator
    return portal(engine, "search")


def limited(operator: Tenant, tenant: Tenant, **limits: int | None) -> None:
    operator.ok("PATCH", f"/api/v1/tenants/{tenant.id}/quota", json=limits)


def used(tenant: Tenant) -> dict[str, tuple[int | None, int]]:
    found = tenant.ok("GET", f"/api/v1/tenants/{tenant.id}/quota")
    return {name: (found[name]["most"], found[name]["used"]) for name in NAMES}


def test_without_limits_it_is_shown_what_there_is(tenant: Tenant) -> None:
    tenant.hand_in(test_id="a", machine={"name": "m"})
    assert used(tenant) == {
        "tests_per_day": (None, 1),
        "machines": (None, 1),
        "stored_bytes": (None, len(document(test_id="a", machine={"name": "m"}))),
        "keys": (None, 1),
    }


def test_tests_a_day(operator: Tenant, tenant: Tenant, engine: Engine) -> None:
    tenant.hand_in(test_id="a")
    # What was taken today before the limit counts.
    limited(operator, tenant, tests_per_day=2)
    tenant.hand_in(test_id="b")
    answer = tenant.client.post("/api/v1/tests", content=document(test_id="c"))
    assert (answer.status_code, "2 tests a day" in answer.text) == (429, True)
    assert 1 <= int(answer.headers["Retry-After"]) <= 86400
    assert used(tenant)["tests_per_day"] == (2, 2)
    # What is here already is no further test.
    tenant.hand_in(200, test_id="a")
    with TenantSession(engine, uuid.UUID(tenant.id), writes=True) as session, session.begin():
        session.scalars(select(QuotaRow)).one().day -= 1
    tenant.hand_in(test_id="c")
    assert used(tenant)["tests_per_day"] == (2, 1)
    limited(operator, tenant, tests_per_day=None)
    for name in "def":
        tenant.hand_in(test_id=name)


def test_machines_keys_and_bytes(operator: Tenant, tenant: Tenant) -> None:
    limited(operator, tenant, machines=1, keys=2)
    tenant.hand_in(test_id="a", machine={"name": "one"})
    assert "1 machines" in tenant.no("POST", "/api/v1/machines", 403, json={"name": "two"})
    refused = tenant.client.post(
        "/api/v1/tests", content=document(test_id="b", machine={"name": "two"})
    )
    assert refused.status_code == 403
    asked = {"name": "k", "scopes": ["read"]}
    made = tenant.ok("POST", "/api/v1/keys", 201, json=asked)["about"]["id"]
    assert "revoke one" in tenant.no("POST", "/api/v1/keys", 403, json=asked)
    tenant.ok("POST", f"/api/v1/keys/{made}/rotate", 201, json={})
    limited(operator, tenant, stored_bytes=used(tenant)["stored_bytes"][1] + 100)
    assert "bytes" in refused_of(tenant, "b")
    assert used(tenant)["tests_per_day"] == (None, 1)
    assert tenant.ok("GET", "/api/v1/tests")["tests"][0]["test_id"] == "a"


def refused_of(tenant: Tenant, test_id: str) -> str:
    return tenant.no(
        "POST", "/api/v1/tests", 403, content=document(test_id=test_id, machine={"name": "one"})
    )


def test_others_are_not_limited_and_may_not_set_any(
    operator: Tenant, tenant: Tenant, engine: Engine
) -> None:
    limited(operator, tenant, tests_per_day=0)
    other = portal(engine, "other")
    other.hand_in(test_id="a")
    url = f"/api/v1/tenants/{tenant.id}/quota"
    other.no("GET", url, 404)
    tenant.no("PATCH", url, 403, json={"tests_per_day": None})
    operator.no("PATCH", url, 422, json={"tests_per_day": -1})
    for owner in (operator, tenant):
        entry = owner.ok("GET", "/api/v1/audit")["entries"][0]
        assert (entry["action"], entry["facts"]) == ("tenant.quota", {"tests_per_day": 0})


def test_many_at_once_get_no_place_too_many(operator: Tenant, tenant: Tenant) -> None:
    limited(operator, tenant, tests_per_day=5)
    answers: list[int] = []

    def send(sender: int) -> None:
        for number in range(4):
            body = document(test_id=f"t{sender}-{number}")
            answers.append(tenant.client.post("/api/v1/tests", content=body).status_code)

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] * 5 + [429] * 11
    assert used(tenant)["tests_per_day"] == (5, 5)
