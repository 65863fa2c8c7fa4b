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
    # Names are put in here: without a join the rows come in the order of the index, unsorted.
    known = connection.execute(select(SourceRow.id, SourceRow.name))
    names = {id_: name for id_, name in known}  # noqa: C416 - a result is no mapping to dict()
    query = select(PriceRow.__table__)
    for name, value in filters.items():
        if value is not None:
            query = query.where(columns[name] == value)
    if source is not None:
        ids = [id_ for id_, name in names.items() if name == source]
        query = query.where(PriceRow.source_id.in_(ids))
    query = query.order_by(*(columns[name] for name in KEY))
    for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield price_of(row, names[row.source_id])


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
