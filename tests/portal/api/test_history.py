"""Tests over time, as series and as CSV."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from sqlalchemy import Engine

from portal.records.load_tests import LoadTestRow
from portal.records.tenant_session import TenantSession
from tests.portal.nights import USUAL, hand_in, watch
from tests.portal.serving import Tenant


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_series_by_machine(tenant: Tenant) -> None:
    watch(tenant)
    hand_in(tenant, [*USUAL, 95.0, 95.2])
    hand_in(tenant, [50.0], 20, machine={"name": "m2", "price_dollars_per_hour": None})
    hand_in(tenant, [70.0], 21, profile="quick")
    answer = tenant.ok("GET", "/api/v1/history")
    first, second, third = answer["series"]
    assert [one["machine"] for one in answer["series"]] == ["m", "m2", "m"]
    assert first["conditions"] != third["conditions"]
    assert [p["test_id"] for p in third["points"]] == [f"n{i}" for i in range(10)]
    point = third["points"][0]
    assert point["median"] == {"value": 100.0, "lower": 99.0, "upper": 101.0}
    assert point["per_dollar"] == {"value": 200.0, "lower": 198.0, "upper": 202.0}
    assert (point["price_dollars_per_hour"], point["per_dollar_withheld"]) == (0.5, None)
    [none] = second["points"]
    assert none["per_dollar"] == {"value": None, "lower": None, "upper": None}
    assert none["per_dollar_withheld"] == "no price"
    states = [p["regression"] for p in third["points"]]
    assert states == [None] * 8 + ["confirmed"] * 2
    assert [one["state"] for one in answer["regressions"]] == ["confirmed"]
    assert answer["next_cursor"] is None


def test_series_by_type_and_filters(tenant: Tenant) -> None:
    hand_in(tenant, USUAL[:2])
    hand_in(tenant, [50.0], 20, machine={"name": "m2"})
    hand_in(tenant, [51.0], 21, machine={"name": "m3", "instance_type": "u", "provider": "gcp"})
    found = tenant.ok("GET", "/api/v1/history", params={"by": "instance_type"})["series"]
    assert [(one["instance_type"], one["machine"]) for one in found] == [("u", None), ("t", None)]
    assert [p["machine"] for p in found[1]["points"]] == ["m", "m", "m2"]
    machines = {m["name"]: m["id"] for m in tenant.ok("GET", "/api/v1/machines")["machines"]}

    def tests(*params: tuple[str, str]) -> list[str]:
        series = tenant.ok("GET", "/api/v1/history", params=params)["series"]
        return [point["test_id"] for one in series for point in one["points"]]

    assert tests(("machine_id", machines["m2"]), ("machine_id", machines["m3"])) == ["n21", "n20"]
    assert tests(("provider", "gcp")) == ["n21"]
    assert tests(("kernel", "integer")) == []
    assert tests(("valid", "false")) == []
    assert tests(("instance_type", "t"), ("since", "2026-10-01T00:00:00Z")) == ["n20"]
    tenant.no("GET", "/api/v1/history", 422, params={"machine_id": [machines["m"]] * 51})
    tenant.no("GET", "/api/v1/history", 422, params={"limit": 501})


def test_pages_hold_each_test_once(tenant: Tenant) -> None:
    hand_in(tenant, USUAL[:5])
    found, cursor = [], None
    while True:
        params = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        answer = tenant.ok("GET", "/api/v1/history", params=params)
        found += [p["test_id"] for one in answer["series"] for p in one["points"][::-1]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert found == ["n4", "n3", "n2", "n1", "n0"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("params", "accept", "is_csv"),
    [
        ({"format": "csv"}, "*/*", True),
        ({}, "text/csv", True),
        ({}, "text/csv;q=0.9, */*", True),
        ({"format": "json"}, "text/csv", False),
        ({}, "*/*", False),
    ],
)
def test_who_gets_csv(tenant: Tenant, params: dict[str, str], accept: str, is_csv: bool) -> None:
    answer = tenant.client.get("/api/v1/history", params=params, headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("text/csv" if is_csv else "application/json")


def test_csv_has_a_line_a_test(tenant: Tenant) -> None:
    hand_in(tenant, USUAL[:3])
    hand_in(tenant, [50.0], 20, machine={"name": "=1+1", "price_dollars_per_hour": None})
    params = {"format": "csv", "limit": "2"}
    answer = tenant.client.get("/api/v1/history", params=params)
    first, second = lines(answer.text)
    # A spreadsheet takes it for text.
    assert first["machine"] == "'=1+1"
    assert (first["units_per_dollar"], first["units_per_dollar_withheld"]) == ("", "no price")
    assert second["measured_at"] == "2026-09-23T14:13:20Z"
    assert (second["median_units_per_second"], second["valid"]) == (str(USUAL[2]), "true")
    assert answer.headers["content-disposition"] == 'attachment; filename="history.csv"'
    params["cursor"] = answer.headers["next-cursor"]
    rest = tenant.client.get("/api/v1/history", params=params)
    assert [line["test_id"] for line in lines(rest.text)] == ["n1", "n0"]
    assert "next-cursor" not in rest.headers


def test_what_was_taken_in_before_conditions_were_kept(tenant: Tenant, engine: Engine) -> None:
    """Rows of an older schema: shown in a series of their own, and held against nothing."""
    watch(tenant)
    hand_in(tenant, USUAL)
    with TenantSession(engine, uuid.UUID(tenant.id), writes=True) as session, session.begin():
        for row in session.query(LoadTestRow):
            row.conditions = row.full_conditions = row.dollar_units = None
    hand_in(tenant, [90.0], 8)
    new, old = tenant.ok("GET", "/api/v1/history")["series"]
    assert (len(new["points"]), len(old["points"]), old["conditions"]) == (1, 8, None)
    assert old["points"][0]["per_dollar_withheld"] == "unknown"
    assert tenant.ok("GET", "/api/v1/regressions")["regressions"] == []
