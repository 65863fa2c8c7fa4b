"""Every endpoint, with another tenant's key and this one's ids: nothing is there, none moves."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.portal.serving import Tenant, client, portal

# Their bodies, where they need one.
BODIES: dict[str, Any] = {
    "machines_change": {"owner": "thief"},
    "machines_merge": {"into": str(uuid.UUID(int=5))},
    "notes_add": {"text": "from elsewhere"},
    "baselines_pin": {"test_id": "secret-test"},
    "keys_rotate": {"overlap_seconds": 0},
    "tenants_limit": {"keys": None},
}
LISTS = {
    "machines_machines": "machines",
    "tests_tests": "tests",
    "baselines_baselines": "baselines",
}
# Of the caller alone, or of nobody.
WITHOUT_IDS = {
    "machines_register",
    "machines_import_machines",
    "discovery_prometheus",
    "tests_take",
    "comparison_compare",
    "keys_listed",
    "keys_own",
    "keys_create",
    "tenants_listed",
    "tenants_provision",
    "audit_audit",
    "audit_export",
    "operations_healthz",
    "operations_readyz",
}
OPERATORS = {"tenants_suspend", "tenants_resume", "tenants_delete", "tenants_limit"}


@pytest.fixture
def owner(engine: Engine) -> Tenant:
    """Has something of each kind."""
    found = portal(engine, "owner")
    found.hand_in(test_id="secret-test", machine={"name": "secret-machine"})
    found.ok("POST", "/api/v1/tests/secret-test/notes", 201, json={"text": "secret-note"})
    found.ok("PUT", "/api/v1/baselines/secret-baseline", json={"test_id": "secret-test"})
    machine = found.ok("GET", "/api/v1/machines")["machines"][0]["id"]
    address = {"address": "10.0.0.1:1"}
    found.ok("PATCH", f"/api/v1/machines/{machine}", json=address)
    return found


def ids(owner: Tenant) -> dict[str, str]:
    return {
        "machine": owner.ok("GET", "/api/v1/machines")["machines"][0]["id"],
        "test_id": "secret-test",
        "note": owner.ok("GET", "/api/v1/tests/secret-test/notes")["notes"][0]["id"],
        "name": "secret-baseline",
        "key": owner.ok("GET", "/api/v1/keys")["keys"][0]["id"],
        "tenant": owner.id,
    }


OTHERS = {
    "machine": str(uuid.UUID(int=9)),
    "test_id": "no-such-test",
    "note": str(uuid.UUID(int=9)),
    "name": "no-such-baseline",
    "key": str(uuid.UUID(int=9)),
    "tenant": str(uuid.UUID(int=9)),
}


def operations(asked: TestClient) -> list[tuple[str, str, str]]:
    schema = asked.get("/openapi.json").json()
    return [
        (operation["operationId"], method, path)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def asked_for(
    tenant: TestClient, operation: str, method: str, path: str, given: dict[str, str]
) -> tuple[int, str]:
    url = re.sub(r"{(\w+)}", lambda match: given[match[1]], path)
    params = {"confirm": "owner"} if operation == "tenants_delete" else {}
    answer = tenant.request(method.upper(), url, params=params, json=BODIES.get(operation))
    said = answer.text
    for value in given.values():
        said = said.replace(value, "ID")
    return answer.status_code, re.sub(r'"request_id":"\w+"', "", said)


def kept(owner: Tenant) -> list[str]:
    """All that a tenant has, but for when its key was used."""
    answer = owner.client.get(f"/api/v1/tenants/{owner.id}/export")
    return sorted(re.sub(r'"last_used_at": "[^"]*"', "", line) for line in answer.text.splitlines())


def test_with_ids_of_another_nothing_is_there(engine: Engine, owner: Tenant) -> None:
    thief = portal(engine, "thief")
    before, found = kept(owner), ids(owner)
    tried = set()
    for operation, method, path in operations(thief.client):
        if "{" not in path:
            continue
        tried.add(operation)
        status, said = asked_for(thief.client, operation, method, path, found)
        assert status == (403 if operation in OPERATORS else 404), (operation, said)
        assert "secret" not in said
        # An id that nobody has is answered in the same words.
        if operation != "baselines_pin":
            same = asked_for(thief.client, operation, method, path, OTHERS)
            assert same == (status, said), operation
    assert len(tried) >= 17
    assert kept(owner) == before


def test_lists_show_nothing_of_another(engine: Engine, owner: Tenant) -> None:
    thief = portal(engine, "thief")
    without = set()
    for operation, method, path in operations(thief.client):
        if "{" in path:
            continue
        without.add(operation)
        if method != "get":
            continue
        params = {"side": "secret-test"} if operation == "comparison_compare" else {}
        answer = thief.client.get(path, params=params)
        assert "secret" not in answer.text.replace("'secret-test'", ""), operation
        assert owner.id not in answer.text
        if operation in LISTS:
            assert answer.json() == {LISTS[operation]: [], "next_cursor": None}
        if operation == "keys_listed":
            assert len(answer.json()["keys"]) == 1
    # A new endpoint is to be thought of here.
    assert without == WITHOUT_IDS | set(LISTS)
    params = {"machine_id": ids(owner)["machine"]}
    assert thief.ok("GET", "/api/v1/tests", params=params)["tests"] == []
    assert thief.ok("GET", "/api/v1/discovery/prometheus") == []


def test_both_may_have_the_same_names(engine: Engine, owner: Tenant) -> None:
    """Names that another tenant has are free, so that taking one tells nothing."""
    thief = portal(engine, "thief")
    before = kept(owner)
    taken = thief.hand_in(test_id="secret-test", machine={"name": "secret-machine"})
    assert taken["new"] is True
    thief.ok("PUT", "/api/v1/baselines/secret-baseline", json={"test_id": "secret-test"})
    assert kept(owner) == before


def test_cursors_of_another_lead_to_own_rows(engine: Engine, owner: Tenant) -> None:
    owner.hand_in(test_id="secret-2")
    cursor = owner.ok("GET", "/api/v1/tests", params={"limit": 1})["next_cursor"]
    thief = portal(engine, "thief")
    assert thief.ok("GET", "/api/v1/tests", params={"cursor": cursor})["tests"] == []


def test_without_a_key_nothing_but_health_and_metrics(engine: Engine, owner: Tenant) -> None:
    found = ids(owner)
    for key in (None, "nonsense", owner.key[:-1]):
        stranger = client(engine, key)
        free = set()
        for operation, method, path in operations(stranger):
            status, said = asked_for(stranger, operation, method, path, found)
            if status == 200:
                free.add(operation)
            else:
                assert status == 401, (operation, said)
        assert free == {"operations_healthz", "operations_readyz"}
    metrics = stranger.get("/metrics").text
    assert "secret" not in metrics
    assert "owner" not in metrics
