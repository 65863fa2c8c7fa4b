"""The inventory: registered, changed, merged, imported, discovered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portal.serving import Tenant


def registered(tenant: Tenant, name: str, **facts: Any) -> dict[str, Any]:
    answer = tenant.ok("POST", "/api/v1/machines", json={"name": name, **facts})
    found: dict[str, Any] = answer["machine"]
    return found


def test_registering_again_changes_what_is_new(tenant: Tenant) -> None:
    one = registered(tenant, "web-1", provider="aws", labels={"team": "search"})
    same = tenant.ok("POST", "/api/v1/machines", json={"name": "web-1", "provider": "aws"})
    assert same == {"outcome": "unchanged", "machine": one}
    more = tenant.ok("POST", "/api/v1/machines", json={"name": "web-1", "zone": "a"})
    assert more["outcome"] == "updated"
    assert more["machine"]["revision"] == one["revision"] + 1
    assert more["machine"]["provider"] == "aws"


def test_a_change_is_remembered_with_who_and_when(tenant: Tenant) -> None:
    one = registered(tenant, "web-1", provider="aws")
    url = f"/api/v1/machines/{one['id']}"
    changed = tenant.ok("PATCH", url, json={"provider": None, "owner": "ann", "revision": 1})
    assert (changed["provider"], changed["owner"]) == (None, "ann")
    assert "revision 2" in tenant.no("PATCH", url, 409, json={"owner": "bob", "revision": 1})
    first = tenant.ok("GET", f"{url}/history")["changes"][0]
    assert first["fields"] == {"provider": ["aws", None], "owner": [None, "ann"]}
    assert first["changed_by"].startswith("first key (perf_")
    assert first["changed_at"] == changed["updated_at"] or first["changed_at"] > one["updated_at"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "facts",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"provider": "x" * 150},
        {"logical_cpus": 0},
        {"memory_bytes": 2**63},
        {"labels": {"a-b": "c"}},
        {"labels": {"__a": "c"}},
        {"labels": {"a": "b\x00"}},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_kept_is_refused(tenant: Tenant, facts: dict[str, Any]) -> None:
    tenant.no("POST", "/api/v1/machines", 422, json={"name": "web-1"} | facts)


def test_retired_machines_keep_their_tests_and_are_not_scraped(tenant: Tenant) -> None:
    tenant.hand_in()
    one = registered(tenant, "old-5", address="10.0.0.7:9100")
    groups = tenant.ok("GET", "/api/v1/discovery/prometheus")
    assert [group["targets"] for group in groups] == [["10.0.0.7:9100"]]
    retired = tenant.ok("POST", f"/api/v1/machines/{one['id']}/retire")
    assert retired["state"] == "retired"
    assert tenant.ok("GET", "/api/v1/discovery/prometheus") == []
    tenant.hand_in(test_id="later")
    assert tenant.ok("GET", f"/api/v1/machines/{one['id']}")["state"] == "retired"
    found = tenant.ok("GET", "/api/v1/tests", params={"machine_id": one["id"]})["tests"]
    assert len(found) == 2
    tenant.ok("POST", f"/api/v1/machines/{one['id']}/restore")
    assert len(tenant.ok("GET", "/api/v1/discovery/prometheus")) == 1


def test_two_entries_become_one(tenant: Tenant) -> None:
    tenant.hand_in()
    old = registered(tenant, "old-5", owner="ann")
    new = registered(tenant, "new-5", provider="aws")
    merged = tenant.ok("POST", f"/api/v1/machines/{old['id']}/merge", json={"into": new["id"]})
    assert (merged["owner"], merged["provider"]) == ("ann", "aws")
    # Its name leads there, also for tests that come later.
    assert tenant.hand_in(test_id="later")["test"]["machine_id"] == new["id"]
    tests = tenant.ok("GET", "/api/v1/tests", params={"machine_id": new["id"]})["tests"]
    assert len(tests) == 2
    gone = tenant.ok("GET", f"/api/v1/machines/{old['id']}")
    assert (gone["state"], gone["merged_into"]) == ("merged", new["id"])
    url = f"/api/v1/machines/{old['id']}"
    assert "was merged" in tenant.no("PATCH", url, 409, json={"owner": "bob"})
    tenant.no("POST", f"{url}/merge", 409, json={"into": new["id"]})
    tenant.no("POST", f"{url}/merge", 409, json={"into": old["id"]})
    # And on through a second one.
    last = registered(tenant, "last-5")
    tenant.ok("POST", f"/api/v1/machines/{new['id']}/merge", json={"into": last["id"]})
    assert tenant.hand_in(test_id="last")["test"]["machine_id"] == last["id"]


INVENTORY = """
machines:
  - {name: a, provider: aws, region: eu-1, prices: {on_demand: 1}}
  - {name: b}
"""
CSV = "name,provider,logical_cpus,label:team\na,gcp,4,search\nb,,,\n"
TARGETS = """[{"targets": ["10.0.0.1:9100", "[::1]:9100"], "labels": {"team": "x", "job": "node"}},
{"targets": ["h:1"], "labels": {"instance": "b", "__meta_perfanalysis_provider": "aws"}}]"""


def imported(tenant: Tenant, form: str, text: str, **more: Any) -> dict[str, Any]:
    params = {"form": form, **more}
    found: dict[str, Any] = tenant.ok(
        "POST", "/api/v1/machine-imports", params=params, content=text.encode()
    )
    return found


def names(tenant: Tenant) -> list[str]:
    return [one["name"] for one in tenant.ok("GET", "/api/v1/machines")["machines"]]


def test_imports(tenant: Tenant) -> None:
    assert imported(tenant, "inventory", INVENTORY, dry_run=True)["created"] == 2
    assert names(tenant) == []
    assert imported(tenant, "inventory", INVENTORY)["created"] == 2
    assert imported(tenant, "inventory", INVENTORY)["unchanged"] == 2
    found = imported(tenant, "csv", CSV)
    assert (found["updated"], found["unchanged"]) == (1, 1)
    found = imported(tenant, "targets", TARGETS)
    assert (found["created"], found["updated"]) == (2, 1)
    assert names(tenant) == ["10.0.0.1", "::1", "a", "b"]
    machines = tenant.ok("GET", "/api/v1/machines")["machines"]
    assert machines[0]["labels"] == {"team": "x"}
    assert (machines[3]["provider"], machines[3]["address"]) == ("aws", "h:1")
    # What is handed out can be taken in.
    handed = tenant.client.get("/api/v1/discovery/prometheus").text
    assert imported(tenant, "targets", handed)["unchanged"] == 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("inventory", "machines: []"),
        ("inventory", "[" * 5000),
        ("csv", "provider\naws\n"),
        ("csv", "name,colour\na,red\n"),
        ("csv", "name,provider\na\n"),
        ("csv", "name,logical_cpus\na,many\n"),
        ("csv", "name\na\na\n"),
        ("csv", 'name\n"a\n'),
        ("csv", "name,name\na,b\n"),
        ("targets", "{}"),
        ("targets", '[{"targets": [1]}]'),
        ("targets", '[{"targets": ["a", "b"], "labels": {"instance": "c"}}]'),
    ],
)
def test_a_bad_file_leaves_nothing(tenant: Tenant, form: str, text: str) -> None:
    url = "/api/v1/machine-imports"
    assert "body" in tenant.no("POST", url, 422, params={"form": form}, content=text.encode())
    assert names(tenant) == []
