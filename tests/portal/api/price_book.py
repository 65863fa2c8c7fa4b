"""A small price book for tests of its endpoints and pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from prices.book.opening import Book, opened
from prices.book.writing import write
from prices.price import Price, Purchase

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


def fill(book: Book, *more: Price) -> None:
    """Write the prices, and some more."""
    with opened(book, make=True) as connection:
        write(connection, (*PRICES, *more), BEGIN)


def amounts(answer: dict[str, Any]) -> dict[str, str | None]:
    """By kind, of an answer."""
    kinds = ("list", "contracted", "effective", "spot")
    return {kind: answer[kind] and answer[kind]["amount"] for kind in kinds}
