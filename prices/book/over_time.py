"""The prices that held over a stretch of time: at each moment the one that a look-up finds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from prices.book.look_up import AskedPrices, WantedPrice, asked_prices
from prices.book.models import PriceRow
from prices.book.rows import StoredPrice, price_of
from prices.price import Purchase

# SQLite takes 32,766 values in one statement.
_AT_ONCE = 1_000


class HeldPrice(NamedTuple):
    """A price, and from when on it held; it holds until the next begins."""

    since: datetime
    stored: StoredPrice


def held(
    connection: Connection,
    wanted: WantedPrice,
    start: datetime,
    only: ColumnElement[bool] | None = None,
) -> list[HeldPrice]:
    """The prices that held from a moment on until that of ``wanted``, in their order.

    At each moment it is what ``look_up`` says of it. The first begins later than ``start`` where
    nothing is known before; none: the book has no such price.

    Args:
        connection: of the book.
        wanted: what is asked for; its ``currency`` should be said, or they may be mixed.
        start: with its zone, not after ``wanted.at``.
        only: which rows of ``PriceRow`` count; None: all.
    """
    specific = [_since(connection, asked, start, only) for asked in asked_prices(wanted)]
    return merged(specific, start)


def _since(
    connection: Connection, asked: AskedPrices, start: datetime, only: ColumnElement[bool] | None
) -> list[StoredPrice]:
    """Those that are equally specific: one for each moment, from the last before ``start`` on."""
    found: list[StoredPrice] = []
    every = asked.every if only is None else asked.every.where(only)
    for row in connection.execute(every, asked.values):
        one = price_of(row, row.source)
        if found and one.price.valid_from == found[-1].price.valid_from:
            continue
        found.append(one)
        if one.price.valid_from <= start:
            break
    return found[::-1]


def merged(specific: Sequence[Sequence[StoredPrice]], start: datetime) -> list[HeldPrice]:
    """The prices that hold, of several that are more and less specific. Pure.

    Args:
        specific: the most specific first; each ascending in time, one for a moment.
        start: from when on.
    """
    begins = {max(start, one.price.valid_from) for same in specific for one in same}
    places = [0] * len(specific)
    found: list[HeldPrice] = []
    for moment in sorted(begins):
        for index, same in enumerate(specific):
            while places[index] < len(same) and same[places[index]].price.valid_from <= moment:
                places[index] += 1
        counts = next(same[n - 1] for same, n in zip(specific, places, strict=True) if n)
        if not found or found[-1].stored is not counts:
            found.append(HeldPrice(moment, counts))
    return found


def with_own_prices(
    connection: Connection, machines: Sequence[str]
) -> dict[Purchase, frozenset[str]]:
    """By purchase, those names and ids of machines that have prices of their own."""
    found: dict[Purchase, set[str]] = {}
    for first in range(0, len(machines), _AT_ONCE):
        some = [name for name in machines[first : first + _AT_ONCE] if name]
        query = select(PriceRow.machine, PriceRow.purchase).where(
            PriceRow.machine != "", PriceRow.machine.in_(some)
        )
        for name, purchase in connection.execute(query.distinct()):
            found.setdefault(Purchase(purchase), set()).add(name)
    return {purchase: frozenset(names) for purchase, names in found.items()}
