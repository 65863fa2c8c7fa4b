"""The list of prices by REST: filters, a day, pages, CSV, sources, and who sees what."""

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
from prices.book.opening import Book, named
from prices.price import Payment, Purchase, Term
from tests.portal.api.price_book import BEGIN, BILL, DAY, DAY_5, LIST, fill
from tests.portal.postgres import OWNER, Postgres
from tests.portal.serving import Tenant, portal

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
URL = "/api/v1/prices/book"
PUBLIC = [
    ("m7i.large", "eu-1", "0.12", "on_demand"),
    ("m7i.large", "eu-1", "0.1", "on_demand"),
    ("m7i.large", "eu-1", "0.04", "spot"),
    ("m7i.large", "us-1", "0.12", "on_demand"),
]
Rows = list[tuple[str, str, str, str]]


def listed(tenant: Tenant, **asked: str | int) -> Rows:
    """All pages of a list."""
    found: Rows = []
    cursor = None
    while True:
        page = tenant.ok("GET", URL, params={**asked, **({"cursor": cursor} if cursor else {})})
        found += [
            (one["instance_type"], one["region"], one["amount"], one["purchase"])
            for one in page["prices"]
        ]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_all_with_their_history(tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    ops, given, stranger = tenants
    assert listed(stranger) == PUBLIC
    assert listed(stranger, limit=1) == PUBLIC
    bill = ("m7i.large", "eu-1", "0.07", "effective")
    own = ("m7i.large", "eu-1", "0.05", "effective")
    assert sorted(listed(given)) == sorted([*PUBLIC, bill, own])
    assert len(listed(ops)) == len(PUBLIC) + 4
    assert listed(ops, machine="secret-web") == [
        own,
        ("m7i.large", "eu-1", "0.09", "on_demand"),
    ]
    assert listed(stranger, machine="secret-web") == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"purchase": "spot"}, [PUBLIC[2]]),
        ({"region": "us-1"}, [PUBLIC[3]]),
        ({"currency": "EUR"}, [PUBLIC[3]]),
        ({"source": "aws-spot s.json"}, [PUBLIC[2]]),
        ({"instance_type": "m7i.large", "region": "us-1"}, [PUBLIC[3]]),
        ({"provider": "gcp"}, []),
        ({"source": BILL.source}, []),
        # On a day the newest of each, and nothing before all of them.
        (DAY_5, [PUBLIC[0], *PUBLIC[2:]]),
        ({"at": "2026-01-11T00:00:00Z"}, PUBLIC[1:]),
        ({"at": "2026-01-10T23:59:59Z"}, [PUBLIC[0], *PUBLIC[2:]]),
        ({"at": "2025-12-31T23:59:59Z"}, []),
    ],
)
def test_filters(
    tenants: tuple[Tenant, Tenant, Tenant], asked: dict[str, str], expected: Rows
) -> None:
    assert listed(tenants[2], **asked) == expected


def test_what_is_not_seen_hides_nothing(tenants: tuple[Tenant, Tenant, Tenant], book: Path) -> None:
    """A private price of a later day takes a public one's place for who sees it alone."""
    private = replace(LIST, amount=Decimal("0.01"), source="a private.csv")
    fill(book, replace(private, valid_from=BEGIN + DAY), replace(private, source="z private.csv"))
    at = {"at": "2026-01-05T00:00:00Z", "purchase": "on_demand", "region": "eu-1"}
    assert listed(tenants[2], **at) == [PUBLIC[0]]
    seen = [amount for _, _, amount, _ in listed(tenants[0], **at)]
    assert seen == ["0.01", "0.09"]
    # Of one moment the first source by name counts, as in a look-up.
    before = {**at, "at": "2026-01-01T12:00:00Z"}
    assert [row[2] for row in listed(tenants[0], **before)] == ["0.12", "0.09"]
    # Of one source alone, what it says.
    bill = {**before, "source": "z private.csv"}
    assert [row[2] for row in listed(tenants[0], **bill)] == ["0.01"]


def test_cursors(tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    ops, _, stranger = tenants
    public = {"purchase": "on_demand", "limit": 1}
    cursor = ops.ok("GET", URL, params=public)["next_cursor"]
    mine = ops.ok("GET", URL, params={"machine": "secret-web", "limit": 1})["next_cursor"]
    assert stranger.ok("GET", URL, params={"cursor": cursor})["prices"]
    # One that names a price that is not seen, one of no row, and none at all.
    for wrong in (mine, "WzEyMzQ1Njdd", "x"):
        stranger.no("GET", URL, 422, params={"cursor": wrong})


def test_csv_is_what_an_import_reads(tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    stranger = tenants[2]
    answer = stranger.client.get(URL, params={"limit": 3}, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["amount"], row["valid_from"]) for row in rows] == [
        ("0.12", "2026-01-01T00:00:00Z"),
        ("0.1", "2026-01-11T00:00:00Z"),
        ("0.04", "2026-01-01T00:00:00Z"),
    ]
    more = {"cursor": answer.headers["Next-Cursor"], "format": "csv"}
    rest = stranger.client.get(URL, params=more)
    assert [row["region"] for row in csv.DictReader(io.StringIO(rest.text))] == ["us-1"]
    assert "Next-Cursor" not in rest.headers


def test_sources(tenants: tuple[Tenant, Tenant, Tenant]) -> None:
    def told(tenant: Tenant) -> list[str]:
        found: list[dict[str, Any]] = tenant.ok("GET", "/api/v1/prices/sources")["sources"]
        assert {one["newest_import"] for one in found} == {"2026-01-01T00:00:00Z"}
        return [one["name"] for one in found]

    ops, given, stranger = tenants
    public = ["aws-offer index.json", "aws-spot s.json"]
    assert told(stranger) == public
    assert told(given) == [*public, BILL.source]
    bill = "focus-csv: bill.csv (list)"
    assert told(ops) == [*public, "csv: own.csv", BILL.source, bill]


def test_a_list_from_postgresql(engine: Engine, postgres_server: Postgres) -> None:
    book: Book = named(postgres_server.url(OWNER, postgres_server.database()))
    term = Term(12, Payment.NONE)
    later = BEGIN + timedelta(days=2)
    fill(
        book,
        replace(LIST, provider="oci", instance_type="VM.E5", region="", valid_from=later),
        replace(LIST, instance_type="m7i.2xlarge", purchase=Purchase.RESERVED, term=term),
    )
    tenant = portal(engine, "one", outside=Outside(PriceShelf(book)))
    rows = [
        ("m7i.2xlarge", "eu-1", "0.12", "reserved"),
        *PUBLIC,
        ("VM.E5", "", "0.12", "on_demand"),
    ]
    assert listed(tenant, limit=2) == rows
    assert listed(tenant, **DAY_5) == [rows[0], rows[1], *rows[3:]]
    assert listed(tenant, instance_type="VM.E5") == [rows[-1]]
    assert len(tenant.ok("GET", "/api/v1/prices/sources")["sources"]) == 2
