"""Ask the book: the prices of a type that count on a day, and how they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from portal.pricing.shelf import OpenedBook
from portal.records import paging
from portal.records.paging import ListOrder, Paged
from prices.book.look_up import WantedPrice, look_up
from prices.book.models import PriceRow, SourceRow
from prices.book.rows import StoredPrice, price_of
from prices.price import Purchase

# As people call them: a bill's list price is ``on_demand`` in the book.
KINDS: Mapping[str, Purchase] = {
    "list": Purchase.ON_DEMAND,
    "contracted": Purchase.CONTRACTED,
    "effective": Purchase.EFFECTIVE,
    "spot": Purchase.SPOT,
}
NEWEST = ListOrder(
    (PriceRow.valid_from, PriceRow.id), (paging.whole, paging.whole), descending=True
)


def prices_at(opened: OpenedBook, wanted: WantedPrice) -> dict[str, StoredPrice | None]:
    """By kind the price that counts at a moment; None: the book has none for this tenant."""
    return {
        kind: look_up(opened.connection, replace(wanted, purchase=purchase), opened.only)
        for kind, purchase in KINDS.items()
    }


def history(
    opened: OpenedBook, equal: Mapping[str, str | None], cursor: str | None, limit: int
) -> Paged[StoredPrice]:
    """A page of a type's prices, those of the newest days first; none of single machines.

    Args:
        opened: the book.
        equal: by column of ``PriceRow``, of which provider and type are said; None: any.
        cursor: where the last page ended.
        limit: of prices.

    Raises:
        InputError: the cursor is none.
    """
    asked = select(PriceRow).where(PriceRow.machine == "")
    for name, value in equal.items():
        if value is not None:
            asked = asked.where(getattr(PriceRow, name) == value)
    if opened.only is not None:
        asked = asked.where(opened.only)
    statement = paging.page(asked, NEWEST, cursor, limit)
    rows: list[Any] = list(opened.connection.execute(statement))
    page = paging.paged(rows, limit, lambda row: [row.valid_from, row.id])
    known = opened.connection.execute(select(SourceRow.id, SourceRow.name))
    names = {id_: name for id_, name in known}  # noqa: C416 - a result is no mapping to dict()
    return Paged([price_of(row, names[row.source_id]) for row in page.rows], page.cursor)
