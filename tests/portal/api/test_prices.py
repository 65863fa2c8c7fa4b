"""The price book by REST: what counts on a day, how it changed, and who sees what."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal.api.outside import Outside
from portal.pricing.shelf import PriceShelf
from prices.book.opening import Book, named
from tests.portal.api.price_book import DAY_5, TYPE, amounts, fill
from tests.portal.postgres import OWNER, Postgres
from tests.portal.serving import Tenant, portal

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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
