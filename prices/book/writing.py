"""Write prices into the book: what it has already stays, what contradicts it is refused.

A chunk of prices lands in a temporary table first; the database compares it with the book. So a
file of any length needs the memory of one chunk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    delete,
    exists,
    insert,
    literal,
    select,
)

from perfanalysis.errors import MalformedError
from prices.book.amounts import microseconds
from prices.book.models import KEY, PriceRow, SourceRow
from prices.book.rows import columns_of, described, price_of
from prices.price import Price

CHUNK = 10_000
_ARRIVALS = Table(
    "price_arrivals",
    MetaData(),
    *(Column(name, PriceRow.__table__.columns[name].type) for name in (*KEY, "amount")),
    prefixes=["TEMPORARY"],
)


class ContradictionError(MalformedError):
    """A source has two amounts for one price.

    Args:
        price: which, in words.
        source: the source's name.
        known: the amount that came first.
        other: the one that came behind it.
    """

    def __init__(self, price: str, source: str, known: str, other: str) -> None:
        self.price = price
        self.expected = (
            f"the amount that {source!r} has for it already, {known} (correct the file, or "
            "`perfanalysis prices remove-source` what is in the book)"
        )
        self.found = other
        super().__init__(f"{price}: expected {self.expected}, found {other}")


@dataclass
class Written:
    """How many prices were new to the book, and how many it had."""

    imported: int = 0
    unchanged: int = 0


def write(connection: Connection, prices: Iterable[Price], imported_at: datetime) -> Written:
    """Write prices; those that the book has, from the same source, stay as they are.

    Args:
        connection: of the book, in a transaction.
        prices: of one file or more, in any order.
        imported_at: now, with its zone.

    Raises:
        ContradictionError: a source has two amounts for a price; nothing may be kept then.
    """
    written = Written()
    sources: dict[str, int] = {}
    _ARRIVALS.create(connection)
    for chunk in _chunks(prices):
        rows = _distinct(chunk, connection, sources)
        connection.execute(delete(_ARRIVALS))
        _fill(connection, rows)
        _refuse_contradiction(connection)
        new = _take_over(connection, microseconds(imported_at))
        written.imported += new
        written.unchanged += len(chunk) - new
    _ARRIVALS.drop(connection)
    return written


def _fill(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Bring rows into the temporary table."""
    if connection.dialect.name != "postgresql":
        connection.execute(insert(_ARRIVALS), rows)
        return
    # A statement for each row would be most of an import.
    names = [column.name for column in _ARRIVALS.columns]
    driver: Any = connection.connection.dbapi_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {_ARRIVALS.name} ({', '.join(names)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([row[name] for name in names])


def _chunks(prices: Iterable[Price]) -> Iterator[list[Price]]:
    left = iter(prices)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _distinct(
    chunk: list[Price], connection: Connection, sources: dict[str, int]
) -> list[dict[str, Any]]:
    """The rows of a chunk, each key once."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for price in chunk:
        if price.source not in sources:
            sources[price.source] = _source_id(connection, price.source)
        row = columns_of(price, sources[price.source])
        key = tuple(row[name] for name in KEY)
        first = found.setdefault(key, row)
        if first["amount"] != row["amount"]:
            raise _contradiction(price, first["amount"], row["amount"])
    return list(found.values())


def _source_id(connection: Connection, name: str) -> int:
    query = select(SourceRow.id).where(SourceRow.name == name)
    known = connection.execute(query).scalar_one_or_none()
    if known is not None:
        return known
    made = connection.execute(insert(SourceRow).values(name=name).returning(SourceRow.id))
    return made.scalar_one()


def _same_key() -> ColumnElement[bool]:
    stored = PriceRow.__table__.columns
    return and_(*(stored[name] == _ARRIVALS.columns[name] for name in KEY))


def _refuse_contradiction(connection: Connection) -> None:
    query = (
        select(
            PriceRow.__table__,
            SourceRow.name.label("source"),
            _ARRIVALS.columns.amount.label("other"),
        )
        .join(SourceRow, SourceRow.id == PriceRow.source_id)
        .join(_ARRIVALS, _same_key())
        .where(PriceRow.amount != _ARRIVALS.columns.amount)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is not None:
        raise _contradiction(price_of(row, row.source).price, row.amount, row.other)


def _take_over(connection: Connection, imported_at: int) -> int:
    names = [*KEY, "amount"]
    arrived = select(*(_ARRIVALS.columns[name] for name in names), literal(imported_at)).where(
        ~exists(select(PriceRow.id).where(_same_key()).correlate(_ARRIVALS))
    )
    copied = insert(PriceRow).from_select([*names, "imported_at"], arrived)
    # Without the option SQLAlchemy does not ask psycopg how many there were, and says -1.
    return connection.execute(copied, execution_options={"preserve_rowcount": True}).rowcount


def _contradiction(price: Price, known: str, other: str) -> ContradictionError:
    return ContradictionError(described(price), price.source, known, other)
