"""The price book by REST: what counts on a day, what a time cost, and who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from portal.api.outside import Outside
from portal.pricing.shelf import PriceShelf
from prices.book.opening import Book, named, opened
from prices.book.writing import write
from prices.currencies import read_rates
from prices.price import Price, Purchase
from tests.portal.postgres import OWNER, Postgres
from tests.portal.serving import Tenant, portal

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LIST = Price("aws", "eu-1", "m7i.large", Decimal("0.12"), "USD", BEGIN, "aws-offer index.json")
BILL = replace(LIST, source="focus-csv: bill.csv (effective)", purchase=Purchase.EFFECTIVE)
PRICES = (
    LIST,
    replace(LIST, valid_from=BEGIN + 10 * DAY, amount=Decimal("0.1")),
    replace(LIST, amount=Decimal("0.04"), purchase=Purchase.SPOT, source="aws-spot s.json"),
    replace(BILL, amount=Decimal("0.07")),
    replace(BILL, amount=Decimal("0.05"), machine="secret-web"),
    # A bill's list price of the type, and of one machine.
    replace(LIST, amount=Decimal("0.11"), source="focus-csv: bill.csv (list)"),
    replace(LIST, amount=Decimal("0.09"), machine="secret-web", source="csv: own.csv"),
    replace(LIST, region="us-1", currency="EUR"),
)
TYPE = {"provider": "aws", "instance_type": "m7i.large", "region": "eu-1"}
DAY_5 = {"at": "2026-01-06T00:00:00Z"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "prices.sqlite"
    fill(path)
    return path


def fill(book: Book) -> None:
    with opened(book, make=True) as connection:
        write(connection, PRICES, BEGIN)


@pytest.fixture
def tenants(engine: Engine, book: Path, tmp_path: Path) -> tuple[Tenant, Tenant, Tenant]:
    """The operator's, one that was given the bill, and one with nothing of its own."""
    (tmp_path / "rates.csv").write_text(
        "date,from,to,rate\n2026-01-01,USD,EUR,0.9\n2026-01-11,USD,EUR,0.8\n"
    )
    given = {"given": {BILL.source}}
    shelf = PriceShelf(book, given, read_rates(tmp_path / "rates.csv"))
    outside = Outside(shelf)
    first = portal(engine, "ops", is_operator=True, outside=outside)
    second, third = (portal(engine, name, outside=outside) for name in ("given", "stranger"))
    return first, second, third


def amounts(answer: dict[str, Any]) -> dict[str, str | None]:
    kinds = ("list", "contracted", "effective", "spot")
    return {kind: answer[kind] and answer[kind]["amount"] for kind in kinds}


def test_what_counts_on_a_day(tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    ops = tenants[0]
    # Of two sources that begin at the same moment the first by name counts.
    found = ops.ok("GET", "/api/v1/prices", params={**TYPE, **DAY_5})
    assert amounts(found) == {
        "list": "0.12",
        "contracted": None,
        "effective": "0.07",
        "spot": "0.04",
    }
    assert found["unknown"] == ["the book has no contracted price"]
    assert found["list"]["source"] == "aws-offer index.json"
    assert found["list"]["valid_from"] == "2026-01-01T00:00:00Z"
    later = {"at": "2026-01-12T00:00:00Z"}
    assert amounts(ops.ok("GET", "/api/v1/prices", params={**TYPE, **later}))["list"] == "0.1"
    before = {"at": "2025-12-31T00:00:00Z"}
    assert set(amounts(ops.ok("GET", "/api/v1/prices", params={**TYPE, **before})).values()) == {
        None
    }
    seen = {
        t.name: amounts(t.ok("GET", "/api/v1/prices", params={**TYPE, **DAY_5})) for t in tenants
    }
    assert seen["given"] == seen["ops"]
    assert seen["stranger"] == {**seen["ops"], "effective": None}


def test_of_a_machine(tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    seen = {}
    for tenant in tenants:
        machine = {"name": "secret-web", **TYPE}
        made = tenant.ok("POST", "/api/v1/machines", json=machine)["machine"]["id"]
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


def test_history(tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    ops, given, stranger = tenants
    url, asked = "/api/v1/prices/history", {"provider": "aws", "instance_type": "m7i.large"}

    def told(tenant: Tenant, **more: str | int) -> list[tuple[str, str]]:
        found, cursor = [], None
        while True:
            params = {**asked, **more, **({"cursor": cursor} if cursor else {})}
            page = tenant.ok("GET", url, params=params)
            found += [(one["amount"], one["source"].partition(" ")[0]) for one in page["prices"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    public = [("0.1", "aws-offer"), ("0.12", "aws-offer"), ("0.04", "aws-spot")]
    assert told(stranger, region="eu-1")[0] == public[0]
    assert sorted(told(stranger, region="eu-1")) == sorted(public)
    assert sorted(told(given, region="eu-1", limit=1)) == sorted([*public, ("0.07", "focus-csv:")])
    # Of single machines it tells nothing: they have histories of their own.
    both = [("0.07", "focus-csv:"), ("0.11", "focus-csv:")]
    assert sorted(told(ops, region="eu-1")) == sorted([*public, *both])
    assert told(stranger, purchase="spot") == [("0.04", "aws-spot")]
    assert told(stranger, currency="EUR") == [("0.12", "aws-offer")]
    stranger.no("GET", url, 422, params={**asked, "cursor": "x"})
    stranger.no("GET", url, 422, params={"provider": "aws"})


def test_what_a_time_cost(tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    stranger = tenants[2]
    machine = stranger.ok("POST", "/api/v1/machines", json={"name": "web", **TYPE})["machine"]["id"]
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


def test_a_book_in_postgresql(engine: Engine, postgres_server: Postgres) -> None:
    book: Book = named(postgres_server.url(OWNER, postgres_server.database()))
    fill(book)
    tenant = portal(engine, "one", outside=Outside(PriceShelf(book)))
    found = tenant.ok("GET", "/api/v1/prices", params={**TYPE, **DAY_5})
    assert amounts(found)["list"] == "0.12"


def test_without_a_book(engine: Engine, tmp_path: Path) -> None:
    none = portal(engine, "none", is_operator=True)
    assert "--price-book" in none.no("GET", "/api/v1/prices", 404, params=TYPE)
    (tmp_path / "broken").write_bytes(b"no database" * 100)
    for name, status in (("absent", 404), ("broken", 503)):
        outside = Outside(PriceShelf(tmp_path / name))
        said = portal(engine, name, outside=outside).no(
            "GET", "/api/v1/prices", status, params=TYPE
        )
        assert str(tmp_path) not in said
