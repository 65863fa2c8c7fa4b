"""Keys, tenants and the audit log by REST."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import Engine

from portal.access.authentication import REASONS
from portal.access.key_text import new_key
from tests.portal.serving import Tenant, client, document


def made(tenant: Tenant, *scopes: str, **more: Any) -> dict[str, Any]:
    asked = {"name": "agents", "scopes": list(scopes), **more}
    found: dict[str, Any] = tenant.ok("POST", "/api/v1/keys", 201, json=asked)
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("read", "GET", "/api/v1/tests", 200),
        ("write", "PUT", "/api/v1/baselines/x", 422),
        ("report", "POST", "/api/v1/tests", 422),
        ("admin", "GET", "/api/v1/keys", 200),
        ("admin", "GET", "/api/v1/tenants", 200),
    ],
)
def test_a_scope_opens_its_endpoints_alone(  # noqa: PLR0917
    tenant: Tenant, engine: Engine, scope: str, method: str, path: str, status: int
) -> None:
    every = ("read", "write", "report", "run", "admin")
    for one in every:
        answer = client(engine, made(tenant, one)["key"]).request(method, path, content=b"{}")
        assert answer.status_code == (status if one == scope else 403), (one, answer.text)


def test_a_key_is_shown_once(tenant: Tenant) -> None:
    new = made(tenant, "read", "report")
    listed = tenant.client.get("/api/v1/keys").text
    assert new["key"][16:] not in listed
    assert new["about"]["prefix"] == new["key"][:15]
    assert new["about"]["prefix"] in listed
    log = tenant.client.get("/api/v1/audit").text
    assert new["key"][16:] not in log
    export = tenant.client.get(f"/api/v1/tenants/{tenant.id}/export").text
    assert new["key"][16:] not in export
    assert "digest" not in export


def test_rotation_and_revocation(tenant: Tenant, engine: Engine) -> None:
    old = made(tenant, "read")
    url = f"/api/v1/keys/{old['about']['id']}"
    new = tenant.ok("POST", f"{url}/rotate", 201, json={"overlap_seconds": 60})
    assert new["about"]["scopes"] == ["read"]
    for key in (old["key"], new["key"]):
        assert client(engine, key).get("/api/v1/tests").status_code == 200
    tenant.no("POST", f"{url}/rotate", 409, json={})
    revoked = tenant.ok("DELETE", url)
    assert (revoked["usable"], revoked["replaced_by"]) == (False, new["about"]["id"])
    assert client(engine, old["key"]).get("/api/v1/tests").status_code == 401
    assert client(engine, new["key"]).get("/api/v1/tests").status_code == 200
    acts = [one["action"] for one in tenant.ok("GET", "/api/v1/audit")["entries"]]
    assert acts[:3] == ["key.revoke", "key.rotate", "key.create"]


def test_who_asks_too_often_waits(tenant: Tenant, engine: Engine) -> None:
    asked = client(engine, made(tenant, "read", requests_per_minute=3)["key"])
    answers = [asked.get("/api/v1/tests") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 20
    assert tenant.client.get("/api/v1/tests").status_code == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_keys_meet_is_counted(tenant: Tenant, engine: Engine) -> None:
    key = made(tenant, "read", requests_per_minute=1)["key"]
    asked = client(engine, key)
    for method, status in (("POST", 403), ("GET", 429)):
        assert asked.request(method, "/api/v1/tests", content=document()).status_code == status
    for text in ("", "nonsense", new_key().text):
        headers = {"X-Api-Key": text}
        answer = asked.get("/api/v1/tests", headers={**headers, "Authorization": ""})
        assert answer.status_code == 401
    lines = asked.get("/metrics").text.splitlines()
    counted = {line for line in lines if line.startswith("perf_portal_refused_keys_total")}
    once = {
        f'perf_portal_refused_keys_total{{reason="{reason}"}} {count}'
        for reason, count in (("none", 1.0), ("mistyped", 1.0), ("unknown", 1.0), ("scope", 1.0))
    }
    assert counted >= once
    assert len(counted) == len(REASONS)
    assert "perf_portal_rate_limited_total 1.0" in lines
    assert "perf_portal_documents_waiting 0.0" in lines
    assert "perf_portal_database_faults_total 0.0" in lines


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "asked",
    [
        {"scopes": []},
        {"scopes": ["root"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2030-01-01T00:00:00"},
        {"requests_per_minute": 0},
        {"name": "\x07"},
    ],
)
def test_odd_keys_are_refused(tenant: Tenant, asked: dict[str, Any]) -> None:
    tenant.no("POST", "/api/v1/keys", 422, json={"name": "a", "scopes": ["read"]} | asked)


def test_a_tenant_from_its_beginning_to_its_end(tenant: Tenant, engine: Engine) -> None:
    made_ = tenant.ok("POST", "/api/v1/tenants", 201, json={"name": "search"})
    url = f"/api/v1/tenants/{made_['tenant']['id']}"
    search = Tenant(made_["tenant"]["id"], "search", made_["key"], client(engine, made_["key"]))
    tenant.no("POST", "/api/v1/tenants", 409, json={"name": "search"})
    search.hand_in()
    search.ok("POST", "/api/v1/tests/20261130T043039Z-rmw-55f9cac7/notes", 201, json={"text": "n"})
    two = search.ok("POST", "/api/v1/machines", json={"name": "two"})["machine"]["id"]
    one = search.ok("GET", "/api/v1/machines", params={"name": "old-5"})["machines"][0]["id"]
    search.ok("POST", f"/api/v1/machines/{one}/merge", json={"into": two})
    search.no("GET", "/api/v1/tenants", 403)
    assert tenant.ok("POST", f"{url}/suspend")["state"] == "suspended"
    assert "suspended" in search.no("GET", "/api/v1/tests", 403)
    assert tenant.ok("POST", f"{url}/resume")["state"] == "active"
    own, theirs = (t.client.get(f"{url}/export").text for t in (search, tenant))
    tables = [json.loads(line)["table"] for line in own.splitlines()]
    assert {"tenants", "machines", "load_tests", "load_test_documents", "audit_log"} <= {*tables}
    assert len(own.splitlines()) == len(theirs.splitlines())
    tenant.no("DELETE", url, 422, params={"confirm": "other"})
    proof = tenant.ok("DELETE", url, params={"confirm": "search"})
    assert proof["deleted"]["load_tests"] == 1
    assert proof["deleted"]["machines"] == 2
    assert sum(proof["deleted"].values()) == len(tables) - 1
    assert set(proof["left"].values()) == {0}
    search.no("GET", "/api/v1/tests", 401)
    tenant.no("GET", f"{url}/export", 404)
    entry = tenant.ok("GET", "/api/v1/audit")["entries"][0]
    assert (entry["action"], entry["facts"]["deleted"]) == ("tenant.delete", proof["deleted"])


def test_the_operators_tenant_stays(tenant: Tenant) -> None:
    url = f"/api/v1/tenants/{tenant.id}"
    tenant.no("POST", f"{url}/suspend", 409)
    tenant.no("DELETE", url, 409, params={"confirm": "one"})


def test_the_audit_log_is_exported_whole(tenant: Tenant) -> None:
    made(tenant, "read")
    lines = tenant.client.get("/api/v1/audit/export").text.splitlines()
    entries = tenant.ok("GET", "/api/v1/audit")["entries"]
    assert [json.loads(line) for line in reversed(lines)] == entries
    assert all(re.fullmatch(r"\w{32}", e["request_id"]) for e in entries if e["request_id"])
