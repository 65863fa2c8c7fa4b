"""A page of the price book comes out of an index, on either database, and is not sorted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from portal.pricing import listing
from portal.pricing.listing import ListedPrices
from portal.pricing.shelf import OpenedBook
from portal.pricing.visible import seen_of
from prices.book.opening import Book, engine_of, named, opened
from prices.book.writing import write
from prices.price import Price
from tests.portal.api.price_book import BEGIN, LIST
from tests.portal.postgres import OWNER, Postgres
from tests.portal.records.test_query_plans import shown

AT = BEGIN + timedelta(days=1)
ASKED = {
    "all": ListedPrices(),
    "on a day": ListedPrices(at=AT),
    "of a provider": ListedPrices({"provider": "aws"}, at=AT),
    "of a type": ListedPrices({"instance_type": "t7"}, at=AT),
    "of a region": ListedPrices({"provider": "aws", "region": "r3"}, at=AT),
    "of a source": ListedPrices(source="aws-offer 1", at=AT),
}


def many() -> Iterator[Price]:
    for number in range(12_000):
        begin = BEGIN + timedelta(days=number // 4_000)
        yield replace(
            LIST,
            provider=("aws", "azure")[number % 2],
            instance_type=f"t{number % 400}",
            region=f"r{number // 400 % 10}",
            valid_from=begin,
            amount=Decimal(number + 1),
            source=f"aws-offer {number // 4_000}",
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    path: Book = tmp_path / "prices.sqlite"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        path = named(server.url(OWNER, server.database()))
    with opened(path, make=True) as connection:
        write(connection, many(), BEGIN)
    engine = engine_of(path)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize("whole", [True, False])
def test_pages_come_out_of_an_index(book: Connection, whole: bool) -> None:
    seen = OpenedBook(book, seen_of(book, whole=whole, own=()))
    postgresql = book.dialect.name == "postgresql"
    head = "EXPLAIN (FORMAT JSON) " if postgresql else "EXPLAIN QUERY PLAN "
    # PostgreSQL sorts the few rows of a type, which are of several providers.
    found = {}
    for name, asked in ASKED.items():
        statement = listing.statement_of(seen, asked).limit(26)
        said = statement.compile(book, compile_kwargs={"literal_binds": True})
        plan = shown(book.execute(text(head + str(said).replace(":", r"\:"))).all())
        sorting = () if name == "of a type" else ("Sort",)
        bad = ("Seq Scan prices", *sorting) if postgresql else ("TEMP B-TREE FOR ORDER BY",)
        lines = plan.splitlines()
        found[name] = [line for line in lines if line.startswith(bad) or line == "SCAN prices"]
    assert found == {name: [] for name in ASKED}
