"""What machines cost by REST: by the type and place that they had then."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from portal.api.outside import Outside
from portal.pricing.shelf import PriceShelf
from tests.portal.api.price_book import BEGIN, DAY, DAY_5, LIST, TYPE, amounts, fill
from tests.portal.machine_history import machine_with
from tests.portal.serving import Tenant, portal

HOUR = timedelta(hours=1)
LARGER = replace(LIST, instance_type="m7i.xlarge", amount=Decimal("0.24"))
ELSEWHERE = replace(LIST, region="ap-1", amount=Decimal("0.48"), source="aws-offer ap.json")
Stretches = list[tuple[str, str, str | None, str | None, str]]


@pytest.fixture
def one(engine: Engine, tmp_path: Path) -> Tenant:
    fill(tmp_path / "prices.sqlite", LARGER, ELSEWHERE)
    return portal(engine, "one", outside=Outside(PriceShelf(tmp_path / "prices.sqlite")))


def cost(tenant: Tenant, machine: str, since: str, until: str, **more: Any) -> dict[str, Any]:
    url = f"/api/v1/machines/{machine}/cost"
    params = {"since": f"2026-01-{since}Z", "until": f"2026-01-{until}Z", **more}
    found: dict[str, Any] = tenant.ok("GET", url, params=params)
    return found


def stretches(found: dict[str, Any]) -> Stretches:
    return [
        (o["since"][8:16], o["until"][8:16], o["instance_type"], o["region"], o["cost"])
        for o in found["stretches"]
    ]


def gaps(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["since"][8:16], one["until"][8:16], one["why"]) for one in found["gaps"]]


def test_by_the_type_and_place_of_then(engine: Engine, one: Tenant) -> None:
    """Made larger on the 3rd at 06:00, moved on the 4th, of another owner in between."""
    web = machine_with(
        engine,
        one,
        "web",
        {
            BEGIN + DAY: TYPE,
            BEGIN + 2 * DAY + 6 * HOUR: {"instance_type": "m7i.xlarge"},
            BEGIN + 2 * DAY + 9 * HOUR: {"owner": "search"},
            BEGIN + 3 * DAY: {"region": "ap-1", "instance_type": "m7i.large"},
        },
    )
    found = cost(one, web, "01T00:00:00", "05T00:00:00")
    assert stretches(found) == [
        # 24 hours and 6 of 0.12, 18 of 0.24, 24 of 0.48.
        ("02T00:00", "03T06:00", "m7i.large", "eu-1", "3.6"),
        ("03T06:00", "04T00:00", "m7i.xlarge", "eu-1", "4.32"),
        ("04T00:00", "05T00:00", "m7i.large", "ap-1", "11.52"),
    ]
    assert found["sums"] == {"USD": "19.44"}
    assert gaps(found) == [("01T00:00", "02T00:00", "the inventory did not know the machine yet")]
    assert found["unknown"] == [
        "the inventory did not know the machine yet for 86400 seconds of it"
    ]
    assert (found["known_seconds"], found["unknown_seconds"]) == (3 * 86400, 86400)
    # The day of the change alone: 6 hours as it was, 18 as it became.
    assert cost(one, web, "03T00:00:00", "04T00:00:00")["sums"] == {"USD": "5.04"}
    # What was first known, for the day before as well.
    first = cost(one, web, "01T00:00:00", "02T00:00:00", assume_first=True)
    assert (first["sums"], first["unknown"]) == ({"USD": "2.88"}, [])
    assert cost(one, web, "01T00:00:00", "02T00:00:00")["sums"] == {}


def test_what_was_not_known_then(engine: Engine, one: Tenant) -> None:
    """A type that was told late, a type that became unknown, one that the book lacks."""
    late = machine_with(
        engine,
        one,
        "late",
        {
            BEGIN: {"provider": "aws", "region": "eu-1"},
            BEGIN + DAY: {"instance_type": "m7i.large"},
            BEGIN + 2 * DAY: {"instance_type": "m7i.metal"},
            BEGIN + 3 * DAY: {"instance_type": None},
        },
    )
    found = cost(one, late, "01T00:00:00", "05T00:00:00")
    assert stretches(found) == [("02T00:00", "03T00:00", "m7i.large", "eu-1", "2.88")]
    not_known = "the machine's instance_type was not known"
    assert gaps(found) == [
        ("01T00:00", "02T00:00", not_known),
        ("03T00:00", "04T00:00", "the book has no list price"),
        ("04T00:00", "05T00:00", not_known),
    ]
    assert found["unknown"] == [
        f"{not_known} for 172800 seconds of it",
        "the book has no list price for 86400 seconds of it",
    ]
    first = cost(one, late, "01T00:00:00", "05T00:00:00", assume_first=True)
    assert stretches(first) == [("01T00:00", "03T00:00", "m7i.large", "eu-1", "5.76")]
    # What became unknown stays so.
    assert gaps(first)[-1] == ("04T00:00", "05T00:00", not_known)


def test_a_retired_machine_costs_nothing_then(engine: Engine, one: Tenant) -> None:
    web = machine_with(
        engine,
        one,
        "web",
        {
            BEGIN: TYPE,
            BEGIN + DAY: {"state": "retired"},
            BEGIN + 2 * DAY: {"state": "active"},
        },
    )
    found = cost(one, web, "01T00:00:00", "04T00:00:00")
    assert (found["sums"], found["retired_seconds"]) == ({"USD": "5.76"}, 86400)
    assert (found["unknown_seconds"], found["unknown"]) == (0, [])
    assert gaps(found) == [("02T00:00", "03T00:00", "the machine was retired")]


def test_changes_by_the_api_are_followed(one: Tenant) -> None:
    """What was written down by the portal itself, and not by a test."""
    made = one.ok("POST", "/api/v1/machines", json={"name": "web", **TYPE})["machine"]
    url = f"/api/v1/machines/{made['id']}"
    one.ok("PATCH", url, json={"instance_type": "m7i.xlarge"})
    one.ok("POST", f"{url}/retire")
    one.ok("POST", f"{url}/restore")
    changed = [
        change["changed_at"] for change in reversed(one.ok("GET", f"{url}/history")["changes"])
    ]
    span = {"since": made["created_at"]}
    found = one.ok("GET", f"{url}/cost", params=span)
    assert [(o["since"], o["instance_type"]) for o in found["stretches"]] == [
        (made["created_at"], "m7i.large"),
        (changed[1], "m7i.xlarge"),
        (changed[3], "m7i.xlarge"),
    ]
    assert [(o["since"], o["until"]) for o in found["gaps"]] == [(changed[2], changed[3])]


def test_prices_of_a_machine_are_of_its_type_then(engine: Engine, one: Tenant) -> None:
    larger = {BEGIN + 5 * DAY + HOUR: {"instance_type": "m7i.xlarge"}}
    url = f"/api/v1/machines/{machine_with(engine, one, 'web', {BEGIN: TYPE, **larger})}/prices"
    assert amounts(one.ok("GET", url, params=DAY_5))["list"] == "0.12"
    later = {"at": "2026-01-06T01:00:00Z"}
    assert amounts(one.ok("GET", url, params=later))["list"] == "0.24"
    before = {"at": "2025-12-31T00:00:00Z"}
    found = one.ok("GET", url, params=before)
    assert set(amounts(found).values()) == {None}
    assert found["unknown"][0] == "the inventory did not know the machine yet"


def test_as_csv(engine: Engine, one: Tenant) -> None:
    web = machine_with(engine, one, "web", {BEGIN + DAY: TYPE})
    params = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-03T00:00:00Z", "format": "csv"}
    answer = one.client.get(f"/api/v1/machines/{web}/cost", params=params)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["since"], row["cost"], row["instance_type"], row["why"]) for row in rows] == [
        ("2026-01-01T00:00:00Z", "", "", "the inventory did not know the machine yet"),
        ("2026-01-02T00:00:00Z", "2.88", "m7i.large", ""),
    ]


def test_a_machine_that_changes_without_end(engine: Engine, one: Tenant) -> None:
    kinds = ("m7i.large", "m7i.xlarge")
    changes = {BEGIN + n * HOUR: {"instance_type": kinds[n % 2]} for n in range(1100)}
    web = machine_with(engine, one, "web", changes)
    span = {"since": "2026-01-01T00:00:00Z", "until": "2026-03-01T00:00:00Z"}
    said = one.no("GET", f"/api/v1/machines/{web}/cost", 422, params=span)
    assert "at most 1000 changes" in said


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_of_a_machine(engine: Engine, tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    seen = {}
    for tenant in tenants:
        made = machine_with(engine, tenant, "secret-web", {BEGIN: TYPE})
        found = tenant.ok("GET", f"/api/v1/machines/{made}/prices", params=DAY_5)
        seen[tenant.name] = amounts(found)
    # That a machine has another one's name shows nobody that one's prices.
    kinds = {"contracted": None, "spot": "0.04"}
    assert seen["ops"] == {**kinds, "list": "0.09", "effective": "0.05"}
    assert seen["given"] == {**kinds, "list": "0.12", "effective": "0.05"}
    assert seen["stranger"] == {**kinds, "list": "0.12", "effective": None}
    ops = tenants[0]
    bare = ops.ok("POST", "/api/v1/machines", json={"name": "bare"})["machine"]["id"]
    unknown = ops.ok("GET", f"/api/v1/machines/{bare}/prices")["unknown"]
    assert unknown[:3] == [
        f"the machine's {field} is not known" for field in ("provider", "region", "instance_type")
    ]
    for end in ("prices", "cost?since=2026-01-01T00:00:00Z"):
        tenants[2].no("GET", f"/api/v1/machines/{bare}/{end}", 404)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_a_time_cost(engine: Engine, tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    stranger = tenants[2]
    machine = machine_with(engine, stranger, "web", {BEGIN - DAY: TYPE})
    url = f"/api/v1/machines/{machine}/cost"
    span = {"since": "2025-12-31T00:00:00Z", "until": "2026-01-13T00:00:00Z"}
    found = stranger.ok("GET", url, params=span)
    # Ten days of 0.12, two of 0.1, and one of which nothing is known.
    assert found["sums"] == {"USD": "33.6"}
    assert (found["known_seconds"], found["unknown_seconds"]) == (12 * 86400, 86400)
    assert [(one["cost"], one["converted"]) for one in found["stretches"]] == [
        ("28.8", None),
        ("4.8", None),
    ]
    assert found["unknown"] == ["the book has no list price for 86400 seconds of it"]
    # Each stretch at the rate of its first day.
    euro = stranger.ok("GET", url, params={**span, "currency": "EUR"})
    assert euro["sums"] == {"EUR": "29.76"}
    assert [one["rate_days"] for one in euro["stretches"]] == [["2026-01-01"], ["2026-01-11"]]
    yen = stranger.ok("GET", url, params={**span, "currency": "JPY"})
    assert yen["sums"] == {"USD": "33.6"}
    assert yen["unknown"][0] == "there is no rate from USD to JPY of 2026-01-01"
    none = stranger.ok("GET", url, params={**span, "purchase": "effective"})
    assert (none["sums"], none["known_seconds"]) == ({}, 0)
    second = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:01Z"}
    assert stranger.ok("GET", url, params=second)["sums"] == {"USD": "0.0000333333"}
    for wrong in ({"until": span["since"]}, {"since": "1960-01-01T00:00:00Z"}):
        stranger.no("GET", url, 422, params={**span, **wrong})
    stranger.no("GET", url, 422, params={"since": "1980-01-01T00:00:00Z"})


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_books_own_price_in_the_wanted_currency(engine: Engine, tmp_path: Path) -> None:
    yen = replace(LIST, currency="JPY", amount=Decimal(18), source="aws-offer jp.json")
    fill(tmp_path / "prices.sqlite", yen)
    tenant = portal(engine, "one", outside=Outside(PriceShelf(tmp_path / "prices.sqlite")))
    web = machine_with(engine, tenant, "web", {BEGIN - DAY: TYPE})
    asked = ("02T00:00:00", "03T00:00:00")
    for currency, paid in (("JPY", "432"), ("USD", "2.88")):
        found = cost(tenant, web, *asked, currency=currency)
        assert (found["sums"], found["unknown"]) == ({currency: paid}, [])
    # None in this one, and no rates.
    found = cost(tenant, web, *asked, currency="CHF")
    assert list(found["sums"]) != ["CHF"]
    assert found["unknown"] == ["this portal has no exchange rates (`--exchange-rates`)"]
