"""What is in the book: prices by filters, and sources with what they brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select

from prices.book.amounts import moment
from prices.book.models import KEY, PriceRow, SourceRow
from prices.book.rows import StoredPrice, price_of

# By what prices can be filtered; ``source`` is the source's name.
FILTERS = (
    "provider",
    "region",
    "zone",
    "instance_type",
    "machine",
    "operating_system",
    "tenancy",
    "purchase",
    "currency",
)
_AT_ONCE = 1_000


class StoredSource(NamedTuple):
    """A source: how many prices it brought, and when the last of them came."""

    name: str
    prices: int
    last_import: datetime


def prices_of(
    connection: Connection, filters: Mapping[str, str | None], source: str | None = None
) -> Iterator[StoredPrice]:
    """The prices that match, by what they are told apart by: the history of each in its order.

    Args:
        connection: of the book.
        filters: by some of ``FILTERS``; None: any.
        source: the source's name; None: any.
    """
    columns = PriceRow.__table__.columns
    query = select(PriceRow.__table__, SourceRow.name.label("source")).join(
        SourceRow, SourceRow.id == PriceRow.source_id
    )
    for name, value in filters.items():
        if value is not None:
            query = query.where(columns[name] == value)
    if source is not None:
        query = query.where(SourceRow.name == source)
    order = [columns[name] for name in KEY if name != "source_id"]
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        query.order_by(*order, SourceRow.name)
    )
    for row in rows:
        yield price_of(row, row.source)


def sources(connection: Connection) -> list[StoredSource]:
    """All sources, by name."""
    query = (
        select(SourceRow.name, func.count(), func.max(PriceRow.imported_at))
        .join(PriceRow, PriceRow.source_id == SourceRow.id)
        .group_by(SourceRow.name)
        .order_by(SourceRow.name)
    )
    return [
        StoredSource(name, count, moment(last)) for name, count, last in connection.execute(query)
    ]


def remove_source(connection: Connection, name: str) -> int:
    """Remove all prices of a source; says how many there were, 0 where there is none."""
    source_id = connection.execute(
        select(SourceRow.id).where(SourceRow.name == name)
    ).scalar_one_or_none()
    if source_id is None:
        return 0
    gone = connection.execute(delete(PriceRow).where(PriceRow.source_id == source_id)).rowcount
    connection.execute(delete(SourceRow).where(SourceRow.id == source_id))
    return gone
