"""When prices begin that the book has already and that do not count yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from prices.book.amounts import microseconds, moment
from prices.book.models import PriceRow


def moments_after(connection: Connection, now: datetime, most: int) -> list[datetime]:
    """The next moments from which on some price of the book is valid, ascending.

    Args:
        connection: of the book.
        now: with its zone.
        most: how many at most.
    """
    begins = select(PriceRow.valid_from).where(PriceRow.valid_from > microseconds(now)).distinct()
    rows = connection.execute(begins.order_by(PriceRow.valid_from).limit(most))
    return [moment(row.valid_from) for row in rows]
