"""Old collectors send ticks and files: kept as they came, once, and given back to be imported."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from perfanalysis.cli import run
from portal.captures import keeping
from tests.importing.openmetrics import parse, series
from tests.portal.serving import Tenant, client

TIME = 1767829424


def record(seconds: int) -> dict[str, Any]:
    text = f"cpu0 {seconds} 0 1 70 0 0 0 0 0 0\n"
    return {"timestamp": TIME + seconds, "subsystem": "/proc/stat", "measurement": text}


def lines(*seconds: int) -> bytes:
    return b"".join(json.dumps(record(one)).encode() + b"\n" for one in seconds)


def old_client(engine: Engine, tenant: Tenant) -> TestClient:
    """One that knows the old header alone."""
    found = client(engine, None)
    found.headers["apikey"] = tenant.key
    return found


def machine(tenant: Tenant, name: str) -> str:
    found: str = tenant.ok("POST", "/api/v1/machines", json={"name": name})["machine"]["id"]
    return found


def content(tenant: Tenant, capture: str) -> bytes:
    answer = tenant.client.get(f"/api/v1/captures/{capture}/content")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    return answer.content


def test_ticks_of_a_day_are_one_capture(engine: Engine, tenant: Tenant) -> None:
    old = old_client(engine, tenant)

    def send(*seconds: int) -> Any:
        body = {"identifier": "web-1", "measurements": [record(one) for one in seconds]}
        answer = old.post("/v1/data", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # As the network brings them: the third before the second.
    assert [send(*s)["status"] for s in ((0, 1), (10,), (5,), (10,))] == [
        "received",
        "received",
        "received",
        "known",
    ]
    assert send(0, 1) == {"status": "known", "metrics_count": 2, "machine": "web-1", "run": 1}
    assert send(86_400)["run"] == 2
    second, first = tenant.ok("GET", "/api/v1/captures")["captures"]
    assert (first["form"], first["number"], second["number"]) == ("flat", 1, 2)
    assert (first["began_at"], first["ended_at"]) == (
        "2026-01-07T23:43:44Z",
        "2026-01-07T23:43:54Z",
    )
    found = [json.loads(line) for line in content(tenant, first["id"]).splitlines()]
    assert found == [record(0), record(1), record(5), record(10)]
    assert first["size"] == len(content(tenant, first["id"]))


def test_a_whole_capture(engine: Engine, tenant: Tenant, tmp_path: Path) -> None:
    old = old_client(engine, tenant)
    body = gzip.compress(lines(0, 5, 10))
    for status in ("received", "known"):
        answer = old.post("/v1/data", params={"machine": "web-1"}, content=body).json()
        assert (answer["status"], answer["metrics_count"]) == (status, None)
    (capture,) = tenant.ok("GET", "/api/v1/captures")["captures"]
    assert content(tenant, capture["id"]) == body
    # What is given back is what the import reads.
    (tmp_path / "capture.jsonl.gz").write_bytes(content(tenant, capture["id"]))
    words = ["import", "capture", str(tmp_path / "capture.jsonl.gz"), "--machine=web-1"]
    assert run([*words, f"--output={tmp_path / 'out.om'}"]) == 0
    found = series(parse(tmp_path / "out.om"), "node_cpu_seconds_total", mode="user")
    assert found == [(0.0, TIME), (0.05, TIME + 5), (0.1, TIME + 10)]


def test_whose_ticks_are(engine: Engine, tenant: Tenant) -> None:
    old = old_client(engine, tenant)
    assert "a key that is called after a machine" in old.post("/v1/data", json=record(0)).text
    # An old key was of one collector.
    named = {"name": "web-1", "scopes": ["report"]}
    old.headers["apikey"] = tenant.ok("POST", "/api/v1/keys", 201, json=named)["key"]
    assert old.post("/v1/data", json=record(0)).status_code == 422
    first = machine(tenant, "web-1")
    assert old.post("/v1/data", json=record(0)).json()["machine"] == "web-1"
    # What was merged leads on; captures stay with the entry that they were of.
    second = machine(tenant, "web-2")
    tenant.ok("POST", f"/api/v1/machines/{first}/merge", json={"into": second})
    assert old.post("/v1/data", json=record(60)).json()["machine"] == "web-2"
    listed = tenant.ok("GET", "/api/v1/captures", params={"machine_id": second})["captures"]
    assert [one["number"] for one in listed] == [2, 1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "body: expected a capture with at least one line"),
        (b"nothing that is known", "records of timestamp, subsystem and measurement"),
        (b'{"identifier":"a","metrics":[{}]}', r"metrics[0].timestamp"),
        (b'{"identifier":"a\\u0000","metrics":[{}]}', r"metrics[0].timestamp"),
    ],
)
def test_what_is_no_data(tenant: Tenant, body: bytes, said: str) -> None:
    assert said in tenant.no("POST", "/v1/data", 422, content=body)


def test_uploads_by_id(engine: Engine, tenant: Tenant) -> None:
    old, own = old_client(engine, tenant), machine(tenant, "web-1")
    url, body = f"/collectors/manage/upload/{own}/", b"timestamp,cpu_user\n1767829434,50.1\n"
    form = {"collector": own, "description": "Hourly"}
    sent = {"uploaded_file": ("../a.csv", body, "text/csv")}
    first = old.post(url, files=sent, data=form)
    assert first.status_code == 200, first.text
    found = first.json()
    about = {"filename": "../a.csv", "description": "Hourly", "file_size": len(body), "run": 1}
    assert about.items() <= found.items()
    assert old.post(url, files={"file": body}).json() == found | {"new": False}
    # A name is words, and never a path.
    answer = tenant.client.get(f"/api/v1/captures/{found['id']}/content")
    assert answer.content == body
    assert answer.headers["content-disposition"] == 'attachment; filename="capture-1"'
    assert tenant.ok("GET", f"/api/v1/captures/{found['id']}")["form"] == "portal CSV"
    tenant.no("POST", url, 422, data=form)
    tenant.no("POST", url, 422, files={"uploaded_file": b""})
    tenant.no("POST", url, 400, files={"a": b"x", "uploaded_file": b"y"})
    tenant.no("POST", "/collectors/manage/upload/17/", 404, files=sent)


def test_taken_away(tenant: Tenant) -> None:
    made = tenant.ok("POST", "/v1/data", params={"machine": "a"}, content=lines(0, 5))
    (capture,) = tenant.ok("GET", "/api/v1/captures")["captures"]
    tenant.ok("DELETE", f"/api/v1/captures/{capture['id']}", 204)
    tenant.no("GET", f"/api/v1/captures/{capture['id']}/content", 404)
    log = tenant.ok("GET", "/api/v1/audit")["entries"][0]
    assert (log["action"], log["subject"]) == ("capture.remove", str(made["run"]))


def test_a_tenants_room(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("take_file", "take_ticks"):
        whole = getattr(keeping, name)
        monkeypatch.setattr(
            keeping, name, lambda *given, whole=whole: whole(*given, most=len(lines(0, 5)))
        )
    tenant.ok("POST", "/v1/data", params={"machine": "a"}, content=lines(0, 5))
    for body in (lines(6, 7), json.dumps(record(9)).encode()):
        said = tenant.no("POST", "/v1/data", 409, params={"machine": "a"}, content=body)
        assert "/api/v1/captures" in said
    assert len(tenant.ok("GET", "/api/v1/captures")["captures"]) == 1


def test_of_one_tenant(tenant: Tenant, other: Tenant) -> None:
    own = machine(tenant, "secret")
    tenant.ok("POST", "/v1/data", params={"machine": "secret"}, content=lines(0, 5))
    (capture,) = tenant.ok("GET", "/api/v1/captures")["captures"]
    assert other.ok("GET", "/api/v1/captures")["captures"] == []
    for method, end in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        other.no(method, f"/api/v1/captures/{capture['id']}{end}", 404)
    other.no("GET", "/api/v1/captures", 404, params={"machine_id": own})
    files = {"uploaded_file": lines(1, 2)}
    other.no("POST", f"/collectors/manage/upload/{own}/", 404, files=files)
    # The other one's captures are counted for itself.
    assert other.ok("POST", "/v1/data", params={"machine": "x"}, content=lines(0, 5))["run"] == 1
    proof = tenant.ok("DELETE", f"/api/v1/tenants/{other.id}", params={"confirm": "other"})
    assert proof["deleted"]["captures"] == proof["deleted"]["capture_pieces"] == 1
    assert content(tenant, capture["id"]) == lines(0, 5)


def test_many_at_once(tenant: Tenant) -> None:
    """Ticks of a day for two machines, from several at a time: each once, in two captures."""

    def send(number: int) -> int:
        body = {"identifier": f"web-{number % 2}", **record(number)}
        return tenant.client.post("/v1/data", json=body).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(16))) == {200}
    captures = tenant.ok("GET", "/api/v1/captures")["captures"]
    assert [one["number"] for one in captures] == [2, 1]
    found = [
        json.loads(line) for one in captures for line in content(tenant, one["id"]).splitlines()
    ]
    assert len(found) == 16


def test_who_may(engine: Engine, tenant: Tenant) -> None:
    own = machine(tenant, "a")
    keys = {
        scope: tenant.ok("POST", "/api/v1/keys", 201, json={"name": scope, "scopes": [scope]})[
            "key"
        ]
        for scope in ("read", "report")
    }
    asking = client(engine, None)
    for scope, key in keys.items():
        for head in ({"apikey": key}, {"Authorization": f"ApiKey somebody:{key}"}):
            posted = asking.post("/v1/data?machine=a", content=lines(0, 5), headers=head)
            assert posted.status_code == (200 if scope == "report" else 403)
            listed = asking.get("/api/v1/runs", headers=head)
            assert listed.status_code == (200 if scope == "read" else 403)
    # Who has no key has its body not even read.
    url = f"/collectors/manage/upload/{own}/"
    assert asking.post(url, files={"uploaded_file": b"x"}).status_code == 401
    assert asking.post("/v1/data", content=b"x").status_code == 401


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_health_and_ping_need_no_key(engine: Engine) -> None:
    asking = client(engine, None)
    assert asking.get("/health").json()["status"] == "healthy"
    answer = asking.get("/v1/ping", params={"timestamp": 7}).json()
    assert (answer["status"], answer["message"], answer["origintimestamp"]) == ("ok", "pong", 7)
    assert asking.post("/v1/ping", json={"timestamp": 7}).status_code == 200
