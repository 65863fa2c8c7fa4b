"""Every endpoint, with another tenant's key and this one's ids: nothing is there, none moves."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from portal.pushing.queue import PushQueue
from tests.portal.nights import USUAL, hand_in, watch
from tests.portal.pushing.browsers import Subscribed
from tests.portal.serving import Tenant, call, client, portal
from tests.portal.work_documents import plan, prediction

# Their bodies, where they need one.
BODIES: dict[str, Any] = {
    "machines_change": {"owner": "thief"},
    "machines_merge": {"into": str(uuid.UUID(int=5))},
    "notes_add": {"text": "from elsewhere"},
    "baselines_pin": {"test_id": "secret-test"},
    "thresholds_change": {"drop_ratio": 0.5},
    "regressions_accept": {"why": "thieves like it"},
    "keys_rotate": {"overlap_seconds": 0},
    "agents_progress": {"agent": str(uuid.UUID(int=3)), "attempt": 1},
    "agents_end": {"agent": str(uuid.UUID(int=3)), "attempt": 1, "outcome": "done"},
    "agents_readings": {"agent": str(uuid.UUID(int=3)), "readings": {"load1": 666}},
    "tenants_limit": {"keys": None},
}
LISTS = {
    "machines_machines": "machines",
    "tests_tests": "tests",
    "baselines_baselines": "baselines",
    "jobs_jobs": "jobs",
    "agents_listed": "agents",
    "thresholds_listed": "thresholds",
    "regressions_listed": "regressions",
    "regressions_wanted": "wanted_runs",
    "push_listed": "subscriptions",
    "predictions_predictions": "documents",
    "plans_plans": "documents",
    "captures_captures": "captures",
    "old_runs": "runs",
}
# Of the caller alone, or of nobody.
WITHOUT_IDS = {
    "machines_register",
    "machines_import_machines",
    "discovery_prometheus",
    "tests_take",
    "jobs_ask",
    "agents_work",
    "live_ticket",
    "comparison_compare",
    "comparison_compare_machines",
    "history_series_of",
    "thresholds_create",
    "regressions_metrics",
    "predictions_take",
    "plans_take",
    "prices_prices_of_type",
    "prices_book",
    "prices_sources",
    "prices_history",
    "keys_listed",
    "keys_own",
    "keys_create",
    "tenants_listed",
    "tenants_provision",
    "audit_audit",
    "audit_export",
    "operations_healthz",
    "operations_readyz",
    "push_key",
    "push_subscribe",
    "push_take",
    "old_health",
    "old_ping",
    "old_ping_by_post",
    "old_data",
    "old_load_test",
}
WORK = {"predictions": prediction("secret-machine"), "plans": plan("secret-machine")}
CAPTURE = b'{"timestamp":1767829424,"subsystem":"/proc/stat","measurement":"secret"}\n'
OPERATORS = {"tenants_suspend", "tenants_resume", "tenants_delete", "tenants_limit"}


@pytest.fixture
def owner(engine: Engine, push: PushQueue) -> Tenant:
    """Has something of each kind."""
    found = portal(engine, "owner", push=push)
    browser = Subscribed("https://push.example/secret-browser").json
    found.ok("POST", "/api/v1/push/subscriptions", 201, json=browser)
    found.hand_in(test_id="secret-test", machine={"name": "secret-machine"})
    found.ok("POST", "/api/v1/tests/secret-test/notes", 201, json={"text": "secret-note"})
    found.ok("PUT", "/api/v1/baselines/secret-baseline", json={"test_id": "secret-test"})
    machine = found.ok("GET", "/api/v1/machines")["machines"][0]["id"]
    address = {"address": "10.0.0.1:1"}
    found.ok("PATCH", f"/api/v1/machines/{machine}", json=address)
    work = call("secret-machine")
    found.ok("POST", "/api/v1/agents/work", json=work)
    found.ok("POST", "/api/v1/jobs", 201, json={"machine_id": machine})
    assert found.ok("POST", "/api/v1/agents/work", json=work)["taken"]
    watch(found, machine_id=machine)
    hand_in(found, [*USUAL, 90.0], machine={"name": "secret-machine"})
    for name, body in WORK.items():
        found.ok("POST", f"/api/v1/{name}", 201, content=body)
    found.ok("POST", "/v1/data", params={"machine": "secret-machine"}, content=CAPTURE)
    return found


def ids(owner: Tenant) -> dict[str, str]:
    return {
        "machine": owner.ok("GET", "/api/v1/machines")["machines"][0]["id"],
        "test_id": "secret-test",
        "note": owner.ok("GET", "/api/v1/tests/secret-test/notes")["notes"][0]["id"],
        "name": "secret-baseline",
        "key": owner.ok("GET", "/api/v1/keys")["keys"][0]["id"],
        "threshold": owner.ok("GET", "/api/v1/thresholds")["thresholds"][0]["id"],
        "regression": owner.ok("GET", "/api/v1/regressions")["regressions"][0]["id"],
        "tenant": owner.id,
        "job": owner.ok("GET", "/api/v1/jobs")["jobs"][0]["id"],
        "subscription": owner.ok("GET", "/api/v1/push/subscriptions")["subscriptions"][0]["id"],
        "capture": owner.ok("GET", "/api/v1/captures")["captures"][0]["id"],
        "collector": owner.ok("GET", "/api/v1/machines")["machines"][0]["id"],
        # Numbers are each tenant's own, and no secret: the thief has none.
        "run": "1",
        "kind": "stats",
        **{name[:-1]: owner.ok("GET", f"/api/v1/{name}")["documents"][0]["id"] for name in WORK},
    }


OTHERS = {
    "machine": str(uuid.UUID(int=9)),
    "test_id": "no-such-test",
    "note": str(uuid.UUID(int=9)),
    "name": "no-such-baseline",
    "key": str(uuid.UUID(int=9)),
    "threshold": str(uuid.UUID(int=9)),
    "regression": str(uuid.UUID(int=9)),
    "tenant": str(uuid.UUID(int=9)),
    "job": str(uuid.UUID(int=9)),
    "subscription": str(uuid.UUID(int=9)),
    "prediction": str(uuid.UUID(int=9)),
    "plan": str(uuid.UUID(int=9)),
    "capture": str(uuid.UUID(int=9)),
    "collector": str(uuid.UUID(int=9)),
    "run": "2",
    "kind": "stats",
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
    if operation == "prices_cost_of_machine":
        params = {"since": "2026-01-01T00:00:00Z"}
    sent: dict[str, Any] = {"json": BODIES.get(operation)}
    if operation == "old_upload":
        sent = {"files": {"uploaded_file": CAPTURE}}
    answer = tenant.request(method.upper(), url, params=params, **sent)
    said = answer.text
    for value in given.values():
        said = said.replace(f"'{value}'", "'ID'")
    return answer.status_code, re.sub(r'"request_id":"\w+"', "", said)


def kept(owner: Tenant) -> list[str]:
    """All that a tenant has, but for when its key was used."""
    answer = owner.client.get(f"/api/v1/tenants/{owner.id}/export")
    return sorted(re.sub(r'"last_used_at": "[^"]*"', "", line) for line in answer.text.splitlines())


def _without_last_use(executed: list[str]) -> list[str]:
    """What tables were asked, but for when a key was used: that is written once a minute."""
    asked = [one for one in executed if re.search(r"\b(FROM|INTO|UPDATE)\b", one)]
    return [one for one in asked if not one.startswith("UPDATE api_keys SET last_used_at")]


def test_with_ids_of_another_nothing_is_there(engine: Engine, owner: Tenant) -> None:
    thief = portal(engine, "thief")
    before, found = kept(owner), ids(owner)
    tried, executed, told = set(), list[str](), 0
    event.listen(engine, "before_cursor_execute", lambda *said: executed.append(said[2]))
    for operation, method, path in operations(thief.client):
        if "{" not in path:
            continue
        tried.add(operation)
        executed.clear()
        status, said = asked_for(thief.client, operation, method, path, found)
        assert status == (403 if operation in OPERATORS else 404), (operation, said)
        assert "secret" not in said
        # An id that nobody has is answered in the same words, and after the same statements: what
        # there is of others is not told by how long it takes, either.
        if operation != "baselines_pin":
            asked = _without_last_use(executed)
            executed.clear()
            same = asked_for(thief.client, operation, method, path, OTHERS)
            assert same == (status, said), operation
            assert _without_last_use(executed) == asked, operation
            told += bool(asked)
    assert len(tried) >= 23
    assert told >= 20
    assert kept(owner) == before


def test_lists_show_nothing_of_another(engine: Engine, owner: Tenant) -> None:
    thief = portal(engine, "thief")
    machine = ids(owner)["machine"]
    without = set()
    for operation, method, path in operations(thief.client):
        if "{" in path:
            continue
        without.add(operation)
        if method != "get":
            continue
        given: dict[str, dict[str, Any]] = {
            "comparison_compare": {"side": "secret-test"},
            "comparison_compare_machines": {"machine": [machine, str(uuid.UUID(int=9))]},
        }
        answer = thief.client.get(path, params=given.get(operation))
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
    assert thief.ok("GET", "/api/v1/history", params=params)["series"] == []
    assert thief.ok("GET", "/api/v1/regressions", params=params)["regressions"] == []
    thief.no("POST", "/api/v1/thresholds", 404, json=params)
    assert thief.ok("GET", "/api/v1/discovery/prometheus") == []


def test_lists_ask_the_same_however_much_others_have(engine: Engine, owner: Tenant) -> None:
    """Nor is it told by how long they take: none of them reads a table whole (test_query_plans)."""
    thief = portal(engine, "thief")
    executed = list[str]()
    event.listen(engine, "before_cursor_execute", lambda *said: executed.append(said[2]))

    def statements() -> dict[str, list[str]]:
        asked = {}
        for operation, method, path in operations(thief.client):
            if "{" not in path and method == "get" and operation in LISTS:
                executed.clear()
                thief.client.get(path)
                asked[operation] = _without_last_use(executed)
        return asked

    before = statements()
    for number in range(60):
        name = f"secret-{number}"
        owner.hand_in(test_id=name, machine={"name": name})
    assert statements() == before
    assert set(before) == set(LISTS)
    assert sum(map(bool, before.values())) >= 10


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
        assert free == {
            "operations_healthz",
            "operations_readyz",
            "old_health",
            "old_ping",
            "old_ping_by_post",
        }
    metrics = stranger.get("/metrics").text
    assert "secret" not in metrics
    assert "owner" not in metrics
