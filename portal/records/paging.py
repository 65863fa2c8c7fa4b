"""Pages of lists by keyset: a cursor says where the last page ended, and no row is counted.

A cursor is no secret and needs no signature: whatever it says, the session shows own rows alone.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from perfanalysis.errors import InputError

Row = TypeVar("Row")
_MOST_CURSOR = 800


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """A part of a list.

    Attributes:
        rows: of this page.
        cursor: of the next one; None: this is the last.
    """

    rows: Sequence[Row]
    cursor: str | None


@dataclass(frozen=True)
class ListOrder:
    """How a list is sorted.

    Attributes:
        by: columns, of which the last tells apart what the others do not.
        read: from JSON to a column's value, one each; raise ValueError for what is none.
        descending: the newest first.
    """

    by: tuple[InstrumentedAttribute[Any] | Column[Any], ...]
    read: tuple[Callable[[Any], Any], ...]
    descending: bool = False


def page(statement: Select[Any], order: ListOrder, cursor: str | None, limit: int) -> Select[Any]:
    """The statement of one page, and one row more.

    Raises:
        InputError: the cursor is none of this list.
    """
    if cursor is not None:
        statement = statement.where(behind(order, read(cursor, order)))
    return in_order(statement, order).limit(limit + 1)


def in_order(statement: Select[Any], order: ListOrder) -> Select[Any]:
    """A statement whose rows come in the order of a list."""
    sorting = [column.desc() if order.descending else column.asc() for column in order.by]
    return statement.order_by(*sorting)


def paged(rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[int | str]]) -> Paged[Row]:
    """What was found, without the row more; ``key`` gives the values of the order's columns."""
    if len(rows) <= limit:
        return Paged(rows, None)
    last = json.dumps(list(key(rows[limit - 1]))).encode()
    return Paged(rows[:limit], base64.urlsafe_b64encode(last).decode().rstrip("="))


def read(cursor: str, order: ListOrder) -> list[Any]:
    """The values that a cursor holds, of the order's columns.

    Raises:
        InputError: it is none of this list.
    """
    try:
        if len(cursor) > _MOST_CURSOR:
            raise ValueError
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list):
            raise ValueError
        return [read(part) for read, part in zip(order.read, parts, strict=True)]
    except (ValueError, binascii.Error, RecursionError, OverflowError, TypeError) as error:
        expected = "what the last page gave as next_cursor"
        raise InputError("request", "cursor", expected) from error


def behind(order: ListOrder, values: Sequence[Any]) -> Any:
    """Rows behind those values; written so that an index on the first column serves everywhere.

    Oracle cannot compare rows of values.
    """
    column, value = order.by[0], values[0]
    beyond = column < value if order.descending else column > value
    if len(order.by) == 1:
        return beyond
    at_least = column <= value if order.descending else column >= value
    tie = order.by[1] < values[1] if order.descending else order.by[1] > values[1]
    return and_(at_least, or_(beyond, tie))


def whole(value: object) -> int:
    """A whole number of a cursor, such as a moment's microseconds.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
        raise ValueError
    return value


def word(value: object) -> str:
    """A name of a cursor.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError
    value.encode()
    return value
