"""From a price to the columns of its row, and back. Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from prices.book.amounts import microseconds, moment, spelled
from prices.price import Payment, Price, Purchase, Term


class StoredPrice(NamedTuple):
    """A price of the book, and when it came there, in UTC."""

    price: Price
    imported_at: datetime


def columns_of(price: Price, source_id: int) -> dict[str, Any]:
    """The columns of ``models.KEY`` and the amount.

    Raises:
        MalformedError: the amount has more digits than a price has.
    """
    return {
        "provider": price.provider,
        "instance_type": price.instance_type,
        "region": price.region,
        "zone": price.zone,
        "machine": price.machine,
        "operating_system": price.operating_system,
        "tenancy": price.tenancy,
        "purchase": str(price.purchase),
        "months": price.term.months if price.term else 0,
        "payment": str(price.term.payment) if price.term else "",
        "valid_from": microseconds(price.valid_from),
        "currency": price.currency,
        "source_id": source_id,
        "amount": spelled(price.amount),
    }


def price_of(row: Any, source: str) -> StoredPrice:
    """The price of a row that has the columns of ``models.PriceRow``; ``source`` is its name."""
    price = Price(
        provider=row.provider,
        region=row.region,
        instance_type=row.instance_type,
        amount=Decimal(row.amount),
        currency=row.currency,
        valid_from=moment(row.valid_from),
        source=source,
        zone=row.zone,
        machine=row.machine,
        operating_system=row.operating_system,
        tenancy=row.tenancy,
        purchase=Purchase(row.purchase),
        term=Term(row.months, Payment(row.payment)) if row.months else None,
    )
    return StoredPrice(price, moment(row.imported_at))


def described(price: Price) -> str:
    """A price's key in one line, for messages."""
    where = price.zone or price.region or "everywhere"
    what = " ".join(part for part in (price.instance_type, price.machine) if part)
    term = f" {price.term.months} months {price.term.payment}" if price.term else ""
    return (
        f"{price.provider} {where} {what} {price.operating_system} {price.tenancy} "
        f"{price.purchase}{term} from {price.valid_from.isoformat()}"
    )
