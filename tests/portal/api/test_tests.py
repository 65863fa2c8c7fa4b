"""Result documents: taken in once, listed, looked at."""

from __future__ import annotations

import pytest

from portal.records import tenant_batch
from tests.portal.serving import DOCUMENT, Tenant, document


def test_a_document_is_taken_once(tenant: Tenant) -> None:
    first = tenant.hand_in()
    again = tenant.hand_in(200)
    assert [first["new"], again["new"]] == [True, False]
    assert first["test"] == again["test"]
    shown = tenant.ok("GET", f"/api/v1/tests/{DOCUMENT['test_id']}")
    full = DOCUMENT["levels"][-1]
    assert shown == first["test"]
    assert shown["max_units_per_second"] == full["units_per_second"]
    assert shown["work_units_per_second"] == full["mean_units_per_second"]
    assert shown["measured_at"] == "2026-11-30T04:31:11.627526Z"
    answer = tenant.client.get(f"/api/v1/tests/{DOCUMENT['test_id']}/document")
    assert answer.content == document()


def test_its_spelling_does_not_matter_and_its_content_does(tenant: Tenant) -> None:
    import json

    tenant.hand_in()
    spelled = json.dumps(json.loads(document()), indent=4, sort_keys=True)
    assert tenant.ok("POST", "/api/v1/tests", content=spelled)["new"] is False
    said = tenant.no("POST", "/api/v1/tests", 409, content=document(duration_seconds=1.0))
    assert "another document" in said


def test_its_machine_gets_an_entry(tenant: Tenant) -> None:
    taken = tenant.hand_in()["test"]
    machine = tenant.ok("GET", f"/api/v1/machines/{taken['machine_id']}")
    assert (machine["name"], machine["logical_cpus"]) == ("old-5", 2)
    assert machine["memory_bytes"] == 25325268992
    history = tenant.ok("GET", f"/api/v1/machines/{machine['id']}/history")["changes"]
    assert [(one["action"], one["fields"]["architecture"]) for one in history] == [
        ("create", [None, "x86_64"])
    ]
    tenant.hand_in(test_id="second", machine={"instance_type": "m7i.large"})
    assert len(tenant.ok("GET", "/api/v1/machines")["machines"]) == 1
    changes = tenant.ok("GET", f"/api/v1/machines/{machine['id']}/history")["changes"]
    assert changes[0]["fields"] == {"instance_type": [None, "m7i.large"]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "a JSON document"),
        (b"{}", "schema_version"),
        (b"[" * 100_000, "JSON"),
        (b'{"schema_version": 3, "test_id": NaN}', "document"),
        (document(test_id="../../etc/passwd"), "test_id"),
        (document(kernel="x" * 5000), "kernel: expected text of at most 100 characters"),
        (document(machine={"name": "a\x00b"}), "control characters"),
        (document(machine={"name": None, "hostname": None}), "machine"),
        (document(machine={"logical_cpus": 2**40}), "at most 31 bits"),
        (document(timestamp_seconds=1e300), "timestamp_seconds"),
    ],
    ids=lambda part: part[:30] if isinstance(part, str) else "body",
)
def test_others_are_refused(tenant: Tenant, body: bytes, said: str) -> None:
    assert said in tenant.no("POST", "/api/v1/tests", 422, content=body)
    assert tenant.ok("GET", "/api/v1/tests")["tests"] == []
    assert tenant.ok("GET", "/api/v1/machines")["machines"] == []


def test_pages_hold_each_test_once(tenant: Tenant) -> None:
    for number in range(5):
        # Two at each moment.
        tenant.hand_in(test_id=f"t{number}", timestamp_seconds=1.7e9 + number // 2)
    found, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = tenant.ok("GET", "/api/v1/tests", params=params)
        found += [one["test_id"] for one in answer["tests"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert found == ["t4", "t3", "t2", "t1", "t0"]


def test_filters(tenant: Tenant) -> None:
    tenant.hand_in(test_id="a", machine={"provider": "aws", "name": "m1"})
    tenant.hand_in(test_id="b", machine={"provider": "gcp", "name": "m2"}, timestamp_seconds=1e9)
    machine = tenant.ok("GET", "/api/v1/machines", params={"name": "m2"})["machines"][0]["id"]

    def ids(**filters: object) -> list[str]:
        answer = tenant.ok("GET", "/api/v1/tests", params=filters)
        return [one["test_id"] for one in answer["tests"]]

    assert ids() == ["a", "b"]
    assert ids(provider="aws") == ["a"]
    assert ids(machine_id=machine) == ["b"]
    assert ids(kernel="other") == []
    assert ids(until="2020-01-01T00:00:00Z") == ["b"]
    assert ids(since="2020-01-01T00:00:00Z") == ["a"]
    assert ids(valid="true" if DOCUMENT["valid"] else "false") == ["a", "b"]


def test_a_key_and_a_session_get_the_same_list(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.hand_in(test_id="a", machine={"region": "r"})
    tenant.hand_in(test_id="b", timestamp_seconds=1.7e9, duration_seconds=1.5)
    asked = [{}, {"limit": 1}, {"kernel": DOCUMENT["kernel"], "until": "2100-01-01T00:00:00Z"}]
    by_key = [tenant.ok("GET", "/api/v1/tests", params=params) for params in asked]
    monkeypatch.setattr(tenant_batch, "fits", lambda _: False)
    assert [tenant.ok("GET", "/api/v1/tests", params=params) for params in asked] == by_key
    cursor = by_key[1]["next_cursor"]
    (last,) = tenant.ok("GET", "/api/v1/tests", params={"cursor": cursor})["tests"]
    shown = tenant.ok("GET", f"/api/v1/tests/{last['test_id']}")
    assert last == shown
    assert by_key[0]["tests"][1] == shown


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "WzFlOTksImEiXQ", "a" * 500, "é"])
def test_other_cursors_are_refused(tenant: Tenant, cursor: str) -> None:
    said = tenant.no("GET", "/api/v1/tests", 422, params={"cursor": cursor})
    assert "cursor" in said


def test_notes_and_baselines(tenant: Tenant) -> None:
    tenant.hand_in(test_id="a")
    tenant.hand_in(test_id="b")
    note = tenant.ok("POST", "/api/v1/tests/a/notes", 201, json={"text": " two\nlines "})
    assert note["text"] == "two\nlines"
    assert note["written_by"].startswith("first key (perf_")
    assert tenant.ok("GET", "/api/v1/tests/a/notes")["notes"] == [note]
    assert tenant.ok("GET", "/api/v1/tests/b/notes")["notes"] == []
    tenant.no("DELETE", f"/api/v1/tests/b/notes/{note['id']}", 404)
    tenant.ok("DELETE", f"/api/v1/tests/a/notes/{note['id']}", 204)
    tenant.no("POST", "/api/v1/tests/a/notes", 422, json={"text": "\x00"})
    assert tenant.ok("PUT", "/api/v1/baselines/main", json={"test_id": "a"})["test_id"] == "a"
    assert tenant.ok("PUT", "/api/v1/baselines/main", json={"test_id": "b"})["test_id"] == "b"
    tenant.no("PUT", "/api/v1/baselines/main", 404, json={"test_id": "c"})
    assert len(tenant.ok("GET", "/api/v1/baselines")["baselines"]) == 1
    tenant.ok("DELETE", "/api/v1/baselines/main", 204)
    tenant.no("DELETE", "/api/v1/baselines/main", 404)
    acts = [one["action"] for one in tenant.ok("GET", "/api/v1/audit")["entries"]]
    assert acts[:4] == ["baseline.unpin", "baseline.pin", "baseline.pin", "note.remove"]
