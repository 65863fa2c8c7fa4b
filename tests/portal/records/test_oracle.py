"""What the portal asks compiles for Oracle's dialect, too; no server of it was ever asked."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects import oracle
from sqlalchemy.sql import ClauseElement, TextClause

from portal.live import tickets
from portal.live.observing import LiveInterest, observe
from portal.records import tenant_batch
from tests.portal.nights import USUAL, hand_in, watch
from tests.portal.serving import Tenant, call, portal


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_statement_of_a_portals_day_compiles(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statements as SQLite gets them, of everything but what is PostgreSQL's own.

    Documents are taken in one by one, as on a database without ON CONFLICT.
    """
    monkeypatch.setattr(tenant_batch, "fits", lambda _: False)
    compiled: dict[str, str] = {}
    dialect = oracle.dialect()  # type: ignore[no-untyped-call]

    def also(connection: Any, statement: Any, *more: Any) -> None:
        del connection, more
        if isinstance(statement, ClauseElement) and not isinstance(statement, TextClause):
            said = str(statement.compile(dialect=dialect))
            compiled[said] = said.split(maxsplit=1)[0]

    event.listen(Engine, "before_execute", also)
    try:
        for act in (_tests, _machines, _jobs, _tenants, _regressions):
            act(portal(engine, act.__name__.strip("_"), is_operator=True))
    finally:
        event.remove(Engine, "before_execute", also)
    kinds = {kind: list(compiled.values()).count(kind) for kind in set(compiled.values())}
    # Oracle's dialect leaves RELEASE out where it is to be sent.
    assert kinds.keys() - {"SAVEPOINT", "RELEASE"} == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert len(compiled) > 60
    assert any("FETCH FIRST" in said for said in compiled)
    assert not any(" LIMIT " in said or "ILIKE" in said for said in compiled)


def _tests(tenant: Tenant) -> None:
    for name in ("a", "b"):
        tenant.hand_in(test_id=name, duration_seconds=float(ord(name)))
    filters = {"kernel": "rmw", "since": "2020-01-01T00:00:00Z", "valid": "true", "limit": 1}
    cursor = tenant.ok("GET", "/api/v1/tests", params={"limit": 1})["next_cursor"]
    tenant.ok("GET", "/api/v1/tests", params={**filters, "cursor": cursor})
    tenant.ok("GET", "/api/v1/tests/a/document")
    note = tenant.ok("POST", "/api/v1/tests/a/notes", 201, json={"text": "n"})["id"]
    tenant.ok("GET", "/api/v1/tests/a/notes")
    tenant.ok("DELETE", f"/api/v1/tests/a/notes/{note}", 204)
    tenant.ok("PUT", "/api/v1/baselines/x", json={"test_id": "a"})
    tenant.ok("GET", "/api/v1/baselines")
    tenant.ok("GET", "/api/v1/comparison", params={"side": "b", "baseline": "x"})
    tenant.ok("DELETE", "/api/v1/baselines/x", 204)


def _regressions(tenant: Tenant) -> None:
    threshold = watch(tenant)["id"]
    watch(tenant, kernel=None, instance_type="t")
    hand_in(tenant, [*USUAL, 90.0, 90.0])
    tenant.ok("GET", "/api/v1/history", params={"by": "instance_type"})
    machine = tenant.ok("GET", "/api/v1/machines")["machines"][0]["id"]
    hand_in(tenant, USUAL[:1], 30, machine={"name": "n"})
    other = tenant.ok("GET", "/api/v1/machines")["machines"][1]["id"]
    params = {"machine": [machine, other]}
    tenant.ok("GET", "/api/v1/comparison/machines", params=params)
    assert tenant.client.get("/api/v1/regressions/metrics").status_code == 200
    tenant.ok("GET", "/api/v1/regressions/wanted-runs")
    tenant.ok("PATCH", f"/api/v1/thresholds/{threshold}", json={"least_runs": 8})
    tenant.ok("POST", f"/api/v1/machines/{machine}/merge", json={"into": other})
    tenant.ok("DELETE", f"/api/v1/thresholds/{threshold}", 204)


def _machines(tenant: Tenant) -> None:
    made = [
        tenant.ok("POST", "/api/v1/machines", json={"name": name, "labels": {"a": name}})
        for name in ("one", "two", "three")
    ]
    one, two, three = (found["machine"]["id"] for found in made)
    tenant.ok("GET", "/api/v1/machines", params={"provider": "aws", "state": "active"})
    tenant.ok("PATCH", f"/api/v1/machines/{one}", json={"owner": "x"})
    tenant.ok("GET", f"/api/v1/machines/{one}/history")
    tenant.ok("POST", f"/api/v1/machines/{three}/retire")
    tenant.ok("POST", f"/api/v1/machines/{one}/merge", json={"into": two})
    tenant.ok("GET", "/api/v1/discovery/prometheus")


def _jobs(tenant: Tenant) -> None:
    said = call("web-1")
    machine = tenant.ok("POST", "/api/v1/agents/work", json=said)["machine_id"]
    own = {"agent": said["agent"], "attempt": 1}
    for outcome in ("released", "done"):
        wish = {"machine_id": machine, "profile": "quick"}
        headers = {"Idempotency-Key": outcome}
        job = tenant.ok("POST", "/api/v1/jobs", 201, json=wish, headers=headers)["id"]
        tenant.ok("POST", "/api/v1/agents/work", json=said)
        url = f"/api/v1/agents/jobs/{job}"
        tenant.ok("POST", f"{url}/progress", json=own)
        tenant.ok("POST", f"{url}/end", json=own | {"outcome": outcome})
        tenant.ok("POST", f"/api/v1/jobs/{job}/cancel")
    tenant.ok("GET", "/api/v1/jobs", params={"state": "done", "machine_id": machine})
    shown = {"agent": said["agent"], "readings": {"load1": 1.0}}
    tenant.ok("POST", f"/api/v1/agents/{machine}/readings", json=shown)
    ticket = tenant.ok("POST", "/api/v1/live-tickets", 201)["ticket"]
    engine = tenant.client.app._app.state.portal.engine
    assert tickets.redeem(engine, ticket) is not None
    machines = frozenset({uuid.UUID(machine)})
    interest = LiveInterest(machines, machines, machines, renews=True, keys=machines)
    observe(engine, uuid.UUID(tenant.id), interest)
    tenant.ok("GET", "/api/v1/agents")
    tenant.ok("DELETE", f"/api/v1/agents/{machine}", 204)


def _tenants(tenant: Tenant) -> None:
    key = tenant.ok("POST", "/api/v1/keys", 201, json={"name": "k", "scopes": ["read"]})
    url = f"/api/v1/keys/{key['about']['id']}"
    tenant.ok("POST", f"{url}/rotate", 201, json={})
    tenant.ok("DELETE", url)
    tenant.ok("GET", "/api/v1/keys")
    tenant.ok("GET", "/api/v1/audit")
    made = tenant.ok("POST", "/api/v1/tenants", 201, json={"name": "gone"})["tenant"]["id"]
    tenant.ok("GET", "/api/v1/tenants")
    tenant.ok("PATCH", f"/api/v1/tenants/{made}/quota", json={"keys": 5})
    for path in (f"/api/v1/tenants/{made}/export", "/api/v1/audit/export"):
        assert tenant.client.get(path).text
    tenant.ok("POST", f"/api/v1/tenants/{made}/suspend")
    tenant.ok("DELETE", f"/api/v1/tenants/{made}", params={"confirm": "gone"})
