"""The history page: filter, thresholds, regressions, and what the charts are drawn from."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.portal.nights import USUAL, hand_in, regressions, watch
from tests.portal.pages.visiting import Guest, visit
from tests.portal.serving import Tenant, portal

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    return portal(engine, "one")


@pytest.fixture
def guest(engine: Engine, tenant: Tenant) -> Guest:
    return visit(engine, tenant)


def data(page: str) -> list[dict[str, Any]]:
    found = re.search(r'id="history-data">(.*?)</script>', page, re.DOTALL)
    assert found
    series: list[dict[str, Any]] = json.loads(found[1])
    return series


def test_an_empty_one(guest: Guest) -> None:
    page = guest.get("/history")
    assert "There is no such test." in page
    assert "Nothing is watched" in page


def test_series_with_floors_and_marks(guest: Guest, tenant: Tenant) -> None:
    watch(tenant)
    hand_in(tenant, [*USUAL, 95.0, 95.1])
    hand_in(tenant, [1.0], 20, machine={"name": "</script><b>"})
    page = guest.get("/history")
    assert "<b>" not in page
    first, other = data(page)
    assert (first["title"], other["title"]) == ("m: rmw", "</script><b>: rmw")
    assert first["floor"] == pytest.approx(98.0, rel=1e-3)
    assert other["floor"] is None
    assert [point["regression"] for point in first["points"]][-3:] == [
        None,
        "confirmed",
        "confirmed",
    ]
    assert first["points"][0]["performance"] == [100.0, 99.0, 101.0]
    assert first["points"][0]["price_performance"] == [200.0, 198.0, 202.0]
    assert first["points"][0]["at"] == 1.79e12


def test_a_filter_holds_for_the_page_and_its_csv(guest: Guest, tenant: Tenant) -> None:
    hand_in(tenant, USUAL)
    hand_in(tenant, [1.0], 20, machine={"name": "n"})
    asked = "?machine=n&kernel=rmw&provider=&since=2026-09-22&until=2026-10-11&by=instance_type"
    page = guest.get(f"/history{asked}")
    assert [one["title"] for one in data(page)] == ["t: rmw"]
    assert [len(one["points"]) for one in data(page)] == [1]
    link = re.search(r'href="(/api/v1/history\?[^"]+)"', page)
    assert link
    lines = guest.get(link[1].replace("&amp;", "&")).splitlines()
    assert [line.split(",")[0] for line in lines] == ["test_id", "n20"]
    for wrong, status in (("?machine=nobody", 404), ("?since=x", 422), ("?valid=2", 422)):
        assert guest.client.get(f"/history{wrong}").status_code == status


def test_thresholds_are_set_and_deleted(guest: Guest, tenant: Tenant) -> None:
    hand_in(tenant, USUAL)
    wide = {"drop": "2.5", "least_runs": "7", "machine": "m"}
    assert guest.send("/history/thresholds", **wide) == 200
    [one] = tenant.ok("GET", "/api/v1/thresholds")["thresholds"]
    assert (one["drop_ratio"], one["kernel"]) == (0.025, None)
    hand_in(tenant, [95.0], 8)
    assert "a second one is wanted" in guest.get("/history")
    for wrong in ({"drop": "0.5"}, {"drop": "nan"}, {"least_runs": "3"}, {"machine": ""}):
        assert guest.send("/history/thresholds", **(wide | wrong)) == 422, wrong
    assert guest.send("/history/thresholds", **wide) == 409
    guest.send(f"/history/thresholds/{one['id']}/delete")
    assert "Nothing is watched" in guest.get("/history")
    assert [row["state"] for row in regressions(tenant)] == ["withdrawn"]


def test_a_regression_is_accepted(guest: Guest, tenant: Tenant) -> None:
    watch(tenant)
    hand_in(tenant, [*USUAL, 95.0, 95.1])
    [one] = regressions(tenant)
    path = f"/history/regressions/{one['id']}/accept"
    assert guest.send(path, why="") == 422
    guest.send(path, why="new firmware")
    assert "new firmware" in guest.get("/history")
    # Without the token of a form nothing is done.
    answer = guest.client.post("/history/thresholds", data={"kernel": "x", "drop": "3"})
    assert answer.status_code == 403
