"""Load tests of the old kind: taken as a class of their own, and never held against others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perfanalysis.results import reading
from tests.portal.serving import Tenant, document

RESULT: dict[str, Any] = {
    "hostname": "server-01",
    "timestamp": 1705320000,
    "numCores": 8,
    "results": [{"busyPct": busy, "workUnits": 120 * busy} for busy in range(100, 0, -10)],
    "maxUnits": 12000,
    "avgUnits": 6600,
    "unitsPerSec": 1500.0,
}


def test_taken_and_answered(tenant: Tenant) -> None:
    first = tenant.ok("POST", "/v1/loadtest", json=RESULT)
    test_id = first.pop("test_id")
    assert first == RESULT | {"new": True}
    again = tenant.ok("POST", "/v1/loadtest", json=RESULT | {"more": "words"})
    assert (again["new"], again["test_id"]) == (False, test_id)
    test = tenant.ok("GET", f"/api/v1/tests/{test_id}")
    assert {
        "kernel": "rmw",
        "kernel_version": "old-loadtest-1",
        "profile": "imported",
        "max_units_per_second": 12000,
        "max_lower": None,
        "valid": None,
        "measured_at": "2024-01-15T12:00:00Z",
    }.items() <= test.items()
    kept = tenant.client.get(f"/api/v1/tests/{test_id}/document").content
    found = reading.parse(kept, "x")
    assert found.imported is not None
    assert found.imported.format == "old-loadtest"
    assert [level.busy for level in found.levels] == list(range(10, 101, 10))
    assert found.settings == {
        "old": {"maxUnits": 12000.0, "avgUnits": 6600.0, "unitsPerSec": 1500.0}
    }
    (machine,) = tenant.ok("GET", "/api/v1/machines")["machines"]
    assert (machine["name"], machine["logical_cpus"]) == ("server-01", 8)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_not_said_is_not_made_up(tenant: Tenant) -> None:
    said = {
        "hostname": "a",
        "timestamp": 1705320000,
        "results": [{"busyPct": 50, "workUnits": 10}, {"busyPct": 100, "workUnits": 0}],
    }
    found = tenant.ok("POST", "/v1/loadtest", json=said)
    assert (found["unitsPerSec"], found["numCores"], found["avgUnits"]) == (None, None, 5)
    # No units at a level are no measurement of it.
    test = tenant.ok("GET", f"/api/v1/tests/{found['test_id']}")
    assert test["max_units_per_second"] is None


def test_no_verdict_against_others(tenant: Tenant) -> None:
    """However different: of the old kind it is other work."""
    old = [
        tenant.ok("POST", "/v1/loadtest", json=RESULT | {"timestamp": RESULT["timestamp"] + i})[
            "test_id"
        ]
        for i in range(2)
    ]
    new = [json.loads(document(test_id=f"new-{i}")) for i in range(2)]
    for one in new:
        tenant.ok("POST", "/api/v1/tests", 201, json=one)
    sides = [",".join(old), ",".join(one["test_id"] for one in new)]
    for side in (sides, sides[::-1]):
        said = tenant.no("GET", "/api/v1/comparison", 422, params={"side": side})
        assert "other work does not compare" in said
    # Among themselves there is one run each, and no interval.
    found = tenant.ok("GET", "/api/v1/comparison", params={"side": old})["sides"][1]
    assert found["measures"][0]["verdict"] == "cannot tell"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"results": []}, "results"),
        ({"results": [{"busyPct": 101, "workUnits": 1}]}, "busyPct"),
        ({"results": [{"busyPct": 10, "workUnits": -1}]}, "workUnits"),
        ({"results": [{"busyPct": 10, "workUnits": 0}]}, "at least one level"),
        ({"results": [{"busyPct": 10, "workUnits": 1}] * 2}, "each level once"),
        ({"timestamp": 0}, "timestamp"),
        ({"hostname": ""}, "hostname"),
    ],
)
def test_what_is_wrong_is_named(tenant: Tenant, changes: dict[str, Any], said: str) -> None:
    assert said in tenant.no("POST", "/v1/loadtest", 422, json=RESULT | changes)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_portal_runs_none_itself(tenant: Tenant) -> None:
    assert "perfanalysis loadtest run" in tenant.no("POST", "/v1/loadtest", 422)


def test_both_may_have_the_same(tenant: Tenant, other: Tenant) -> None:
    first = tenant.ok("POST", "/v1/loadtest", json=RESULT)
    second = other.ok("POST", "/v1/loadtest", json=RESULT)
    assert (second["new"], second["test_id"]) == (True, first["test_id"])
