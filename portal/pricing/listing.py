"""The prices of the book by filters, on a day or with their history, and where they are from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from perfanalysis.errors import InputError
from portal.pricing.shelf import OpenedBook
from portal.records import paging
from portal.records.paging import ListOrder, Paged
from prices.book.amounts import microseconds, moment
from prices.book.listing import FILTERS
from prices.book.models import KEY, PriceRow, SourceRow
from prices.book.rows import StoredPrice, price_of

_KEY = [getattr(PriceRow, name) for name in KEY]
# What two prices have in common of which the later one takes the other's place.
_SAME = tuple(name for name in KEY if name not in {"valid_from", "source_id"})
# A cursor is a row of the book: all that rows are told apart by would be too long for one.
_BY_ROW = ListOrder((PriceRow.id,), (paging.whole,))


@dataclass(frozen=True)
class ListedPrices:
    """Which prices are listed.

    Attributes:
        equal: by name of ``FILTERS``; None: any.
        source: by its name; None: any.
        at: those that hold at a moment; None: all, with their history.
    """

    equal: Mapping[str, str | None] = field(default_factory=dict)
    source: str | None = None
    at: datetime | None = None


class ImportedSource(NamedTuple):
    """A source, and when the newest of its prices came, in UTC."""

    name: str
    newest_import: datetime


def prices(
    opened: OpenedBook, asked: ListedPrices, cursor: str | None, limit: int
) -> Paged[StoredPrice]:
    """A page of prices, in the order of what they are told apart by.

    Raises:
        InputError: the cursor is none.
    """
    names = opened.seen.names
    statement = statement_of(opened, asked)
    if cursor is not None:
        statement = statement.where(_behind(opened, cursor))
    rows: list[Any] = list(opened.connection.execute(statement.limit(limit + 1)))
    page = paging.paged(rows, limit, lambda row: [row.id])
    return Paged([price_of(row, names[row.source_id]) for row in page.rows], page.cursor)


def statement_of(opened: OpenedBook, asked: ListedPrices) -> Select[Any]:
    """The statement for all of them, in their order."""
    found = _of_source(select(PriceRow), PriceRow, opened, asked)
    for name in FILTERS:
        value = asked.equal.get(name)
        if value is not None:
            found = found.where(getattr(PriceRow, name) == value)
    if asked.equal.get("instance_type") and not asked.equal.get("provider"):
        # The index begins with the provider: a type is found by it under each of the few.
        found = found.where(PriceRow.provider.in_(_providers(opened)))
    if asked.at is not None:
        at = microseconds(asked.at)
        found = found.where(PriceRow.valid_from <= at, ~_later(opened, asked, at))
    return found.order_by(*_KEY)


def sources(opened: OpenedBook) -> list[ImportedSource]:
    """The sources that a tenant sees prices of, by name."""
    found = []
    for id_, name in sorted(opened.seen.names.items(), key=lambda both: both[1]):
        asked = select(PriceRow.imported_at).where(PriceRow.source_id == id_)
        if opened.only is not None:
            asked = asked.where(opened.only)
        newest = opened.connection.scalar(asked.order_by(PriceRow.imported_at.desc()).limit(1))
        if newest is not None:
            found.append(ImportedSource(name, moment(newest)))
    return found


def _providers(opened: OpenedBook) -> list[str]:
    """All providers, one step in the index each."""
    found: list[str] = []
    asked = select(func.min(PriceRow.provider))
    while (one := opened.connection.scalar(asked)) is not None:
        found.append(one)
        asked = select(func.min(PriceRow.provider)).where(PriceRow.provider > one)
    return found


def _of_source(
    statement: Select[Any], table: Any, opened: OpenedBook, asked: ListedPrices
) -> Select[Any]:
    only = opened.seen.rows(table)
    if only is not None:
        statement = statement.where(only)
    if asked.source is not None:
        ids = [id_ for id_, name in opened.seen.names.items() if name == asked.source]
        statement = statement.where(opened.seen.source_of(table).in_(ids))
    return statement


def _later(opened: OpenedBook, asked: ListedPrices, at: int) -> ColumnElement[bool]:
    """That another price has taken a price's place, as ``look_up`` has it.

    Only what the tenant sees takes it: else a price that it does not see would leave a hole.
    """
    other: Any = aliased(PriceRow)
    same = [getattr(other, name) == getattr(PriceRow, name) for name in _SAME]
    at_once = and_(
        other.valid_from == PriceRow.valid_from, _name(other.source_id) < _name(PriceRow.source_id)
    )
    later = or_(other.valid_from > PriceRow.valid_from, at_once)
    within = and_(other.valid_from >= PriceRow.valid_from, other.valid_from <= at)
    found = _of_source(select(other.id).where(*same, within, later), other, opened, asked)
    return exists(found.correlate(PriceRow))


def _name(source: Any) -> Any:
    asked = select(SourceRow.name).where(SourceRow.id == source)
    return asked.correlate_except(SourceRow).scalar_subquery()


def _behind(opened: OpenedBook, cursor: str) -> ColumnElement[bool]:
    """Rows behind the one that a cursor names."""
    (id_,) = paging.read(cursor, _BY_ROW)
    asked = select(*_KEY).where(PriceRow.id == id_)
    if opened.only is not None:
        asked = asked.where(opened.only)
    values = opened.connection.execute(asked).one_or_none()
    if values is None:
        expected = "what the last page gave as next_cursor, of a book that has not changed since"
        raise InputError("request", "cursor", expected)
    return tuple_(*_KEY) > tuple_(*values)
