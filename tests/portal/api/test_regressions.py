"""Thresholds, and what becomes of tests that are below them."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.portal.nights import USUAL, hand_in, night, regressions, watch
from tests.portal.serving import Tenant, client


def states(tenant: Tenant) -> list[str]:
    return [one["state"] for one in regressions(tenant)]


def wanted(tenant: Tenant, state: str = "wanted") -> list[tuple[str, str | None]]:
    answer = tenant.ok("GET", "/api/v1/regressions/wanted-runs", params={"state": state})
    return [(one["kernel"], one["test_id"]) for one in answer["wanted_runs"]]


def acts(tenant: Tenant) -> list[str]:
    entries = tenant.ok("GET", "/api/v1/audit")["entries"]
    found = [one["action"] for one in reversed(entries)]
    return [one for one in found if one.startswith(("threshold", "regression"))]


def test_a_second_run_confirms_and_a_good_one_ends_it(tenant: Tenant) -> None:
    threshold = watch(tenant)
    hand_in(tenant, USUAL)
    assert regressions(tenant) == []
    hand_in(tenant, [95.0], 8)
    [one] = regressions(tenant)
    assert (one["state"], one["first_test_id"], one["earlier_runs"]) == ("suspected", "n8", 8)
    assert one["usual_units"] == pytest.approx(100.0, rel=1e-3)
    assert one["first_drop"] == pytest.approx(0.05, abs=1e-3)
    assert one["first_p"] < 0.001
    assert (one["second_test_id"], one["threshold_id"]) == (None, threshold["id"])
    assert wanted(tenant) == [("rmw", None)]
    hand_in(tenant, [95.3], 8.01)
    [one] = regressions(tenant)
    assert (one["state"], one["second_test_id"], one["last_test_id"]) == (
        "confirmed",
        "n8.01",
        "n8.01",
    )
    assert (wanted(tenant), wanted(tenant, "done")) == ([], [("rmw", "n8.01")])
    # What stays slow is no news, and tells nothing of what is usual.
    hand_in(tenant, [95.1, 94.9], 9)
    assert states(tenant) == ["confirmed"]
    hand_in(tenant, [100.2], 11)
    [one] = regressions(tenant)
    assert (one["state"], one["last_test_id"], one["why"]) == ("over", "n10", "n11 was as before")
    hand_in(tenant, [95.0], 12)
    [new, _] = regressions(tenant)
    assert (new["state"], new["earlier_runs"]) == ("suspected", 9)
    assert acts(tenant) == [
        "threshold.create",
        "regression.suspected",
        "regression.confirmed",
        "regression.over",
        "regression.suspected",
    ]


def test_a_second_run_that_is_not_low_withdraws_it(tenant: Tenant) -> None:
    watch(tenant)
    hand_in(tenant, [*USUAL, 95.0, 100.1])
    assert states(tenant) == ["withdrawn"]
    assert wanted(tenant) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("rates", "last", "changes"),
    [
        (USUAL[:6], 95.0, {}),
        (USUAL, 98.5, {}),
        ((100.0, 104.0, 97.0, 102.0, 96.0, 103.0, 98.0), 94.0, {}),
        (USUAL, 95.0, {"valid": False, "invalid_reasons": ["steal"]}),
        (USUAL, 95.0, {"profile": "quick"}),
        (USUAL, 95.0, {"machine": {"used_cpus": [0], "used_cores": 1}}),
        (USUAL, 95.0, {"machine": {"name": "other"}}),
        (USUAL, 95.0, {"kernel": "integer"}),
        (USUAL, 95.0, {"timestamp_seconds": 1.79e9 + 3.5 * 86400}),
        (USUAL, 95.0, {"timestamp_seconds": 1.79e9 + 40 * 86400}),
    ],
    ids=[
        "too few runs",
        "a smaller drop",
        "within their spread",
        "spoiled",
        "other profile",
        "a part of the machine",
        "another machine",
        "other work",
        "late",
        "runs of long ago",
    ],
)
def test_what_is_no_suspicion(
    tenant: Tenant, rates: tuple[float, ...], last: float, changes: dict[str, object]
) -> None:
    watch(tenant)
    watch(tenant, kernel="integer")
    hand_in(tenant, rates)
    content = night(8, last, **changes)
    tenant.ok("POST", "/api/v1/tests", 201, content=content)
    assert regressions(tenant) == []


def test_what_nobody_watches_is_not_judged(tenant: Tenant) -> None:
    hand_in(tenant, [*USUAL, 90.0])
    watch(tenant, kernel="integer")
    watch(tenant, kernel=None, instance_type="other")
    hand_in(tenant, [90.0], 9)
    assert regressions(tenant) == []


def test_a_threshold_that_is_deleted_alerts_no_more(tenant: Tenant) -> None:
    threshold = watch(tenant)
    hand_in(tenant, [*USUAL, 95.0, 95.0])
    assert states(tenant) == ["confirmed"]
    tenant.ok("DELETE", f"/api/v1/thresholds/{threshold['id']}", 204)
    [one] = regressions(tenant)
    assert (one["state"], one["threshold_id"]) == ("withdrawn", None)
    assert one["why"] == "its threshold was deleted"
    assert tenant.ok("GET", "/api/v1/thresholds")["thresholds"] == []
    hand_in(tenant, [90.0], 20)
    assert states(tenant) == ["withdrawn"]


def test_an_accepted_rate_is_the_usual_one(tenant: Tenant) -> None:
    watch(tenant)
    hand_in(tenant, [*USUAL, 95.0, 95.1])
    [one] = regressions(tenant)
    path = f"/api/v1/regressions/{one['id']}"
    done = tenant.ok("POST", f"{path}/accept", json={"why": "new firmware"})
    assert (done["state"], done["why"]) == ("accepted", "new firmware")
    assert tenant.ok("GET", path) == done
    tenant.no("POST", f"{path}/accept", 409, json={"why": "again"})
    hand_in(tenant, [94.8, 95.2, 95.0, 94.9, 95.1, 95.0], 10)
    assert states(tenant) == ["accepted"]
    hand_in(tenant, [90.0, 90.0], 16)
    assert states(tenant) == ["confirmed", "accepted"]
    assert regressions(tenant)[0]["usual_units"] == pytest.approx(95.0, rel=1e-3)


def test_thresholds_are_seen_changed_and_of_one_scope_each(tenant: Tenant) -> None:
    hand_in(tenant, USUAL[:1])
    machine = tenant.ok("GET", "/api/v1/machines")["machines"][0]["id"]
    wide = watch(tenant, drop_ratio=0.5)
    narrow = watch(tenant, machine_id=machine, kernel=None)
    assert narrow["created_by"].startswith("first key (perf_")
    assert tenant.ok("GET", "/api/v1/thresholds")["thresholds"] == [wide, narrow]
    path = f"/api/v1/thresholds/{narrow['id']}"
    changed = tenant.ok("PATCH", path, json={"drop_ratio": 0.04})
    assert (changed["drop_ratio"], changed["least_runs"]) == (0.04, 7)
    assert tenant.ok("GET", path) == changed
    # The narrower one counts.
    hand_in(tenant, USUAL[1:], 1)
    hand_in(tenant, [95.0], 8)
    assert regressions(tenant)[0]["threshold_id"] == narrow["id"]
    tenant.no("POST", "/api/v1/thresholds", 409, json={"kernel": "rmw"})
    unknown = {"machine_id": str(uuid.uuid4())}
    tenant.no("POST", "/api/v1/thresholds", 404, json=unknown)
    for said in (
        {},
        {"machine_id": machine, "instance_type": "t"},
        {"kernel": "rmw", "drop_ratio": 0.001},
        {"kernel": "rmw", "least_runs": 3},
        {"kernel": "a\x00"},
    ):
        tenant.no("POST", "/api/v1/thresholds", 422, json=said)


def test_they_go_along_when_machines_are_merged(tenant: Tenant) -> None:
    hand_in(tenant, USUAL)
    hand_in(tenant, USUAL[:1], 30, machine={"name": "kept"})
    found = tenant.ok("GET", "/api/v1/machines")["machines"]
    ids = {one["name"]: one["id"] for one in found}
    watch(tenant, machine_id=ids["m"])
    gone, own = (watch(tenant, machine_id=ids[name], kernel=None) for name in ("m", "kept"))
    hand_in(tenant, [90.0], 9)
    tenant.ok("POST", f"/api/v1/machines/{ids['m']}/merge", json={"into": ids["kept"]})
    left = tenant.ok("GET", "/api/v1/thresholds")["thresholds"]
    assert {one["machine_id"] for one in left} == {ids["kept"]}
    assert own["id"] in {one["id"] for one in left}
    assert gone["id"] not in {one["id"] for one in left}
    [one] = regressions(tenant)
    assert (one["state"], one["machine_id"]) == ("withdrawn", ids["kept"])
    assert wanted(tenant) == []


def test_prometheus_reads_them(tenant: Tenant, other: Tenant) -> None:
    watch(tenant)
    hand_in(tenant, [*USUAL, 95.0, 95.0])
    page = tenant.client.get("/api/v1/regressions/metrics").text
    assert 'perf_portal_regressions_open{state="confirmed"} 1.0' in page
    assert 'perf_portal_regression_drop_ratio{instance="m",kernel="rmw"} 0.0499' in page
    assert 'instance="m"' not in other.client.get("/api/v1/regressions/metrics").text
    whole = tenant.client.get("/metrics").text
    assert 'perf_portal_regressions_total{state="confirmed"} 1.0' in whole
    assert 'instance="m"' not in whole


def test_what_two_portals_find_at_once_is_one(tenant: Tenant, engine: Engine) -> None:
    """Two low runs of a machine that come at the same time: a suspicion, and perhaps its end."""
    watch(tenant)
    hand_in(tenant, USUAL)
    second = client(engine, tenant.key)
    started = threading.Barrier(2)

    def send(portal: TestClient, day: float) -> int:
        started.wait()
        return portal.post("/api/v1/tests", content=night(day, 95.0)).status_code

    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(send, tenant.client, 8), pool.submit(send, second, 8.1)]
        assert [one.result() for one in sent] == [201, 201]
    assert len(regressions(tenant)) == 1
    assert states(tenant)[0] in {"suspected", "confirmed"}
