"""Ask the book: the prices that count on a day, how they changed, and what a time cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from perfanalysis.errors import PerfAnalysisError
from portal.pricing.shelf import OpenedBook
from portal.records import paging
from portal.records.paging import ListOrder, Paged
from prices.book import over_time
from prices.book.look_up import WantedPrice, look_up
from prices.book.models import PriceRow, SourceRow
from prices.book.over_time import HeldPrice
from prices.book.rows import StoredPrice, price_of
from prices.currencies import ConvertedAmount, ExchangeRates
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
_HOUR = Decimal(3600)


@dataclass(frozen=True)
class PricedStretch:
    """A stretch of time with one price.

    Attributes:
        since, until: of it.
        stored: the price of an hour.
        cost: of the stretch, in the price's currency; in another one where ``converted`` is.
        converted: that cost in the currency that was asked for.
    """

    since: datetime
    until: datetime
    stored: StoredPrice
    cost: Decimal
    converted: ConvertedAmount | None = None

    @property
    def seconds(self) -> Decimal:
        """How long it is."""
        return _seconds(self.since, self.until)


@dataclass(frozen=True)
class TimeCost:
    """What a stretch of time cost, as far as the book tells.

    Attributes:
        stretches: in their order, without those whose price is unknown.
        known_seconds, unknown_seconds: with a price, and without.
        sums: by currency.
        unconverted: why some are in the sum of their own currency; "": none is.
    """

    stretches: tuple[PricedStretch, ...]
    known_seconds: Decimal
    unknown_seconds: Decimal
    sums: Mapping[str, Decimal]
    unconverted: str = ""


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


def cost(
    opened: OpenedBook,
    wanted: WantedPrice,
    since: datetime,
    currency: str | None,
    rates: ExchangeRates | None,
) -> TimeCost:
    """What the time from ``since`` to ``wanted.at`` cost, if the machine ran all of it.

    Args:
        opened: the book.
        wanted: what is asked for; its ``at`` is the end.
        since: the begin.
        currency: to convert to; None: nothing is converted.
        rates: to convert by.
    """
    held = over_time.held(opened.connection, wanted, since, opened.only)
    stretches, why = [], ""
    for stretch in _stretches(held, wanted.at):
        converted, reason = _converted(stretch, currency, rates)
        why = why or reason
        stretches.append(replace(stretch, converted=converted))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in stretches:
        if one.converted is not None and currency is not None:
            sums[currency] += one.converted.amount
        else:
            sums[one.stored.price.currency] += one.cost
    known = sum((one.seconds for one in stretches), Decimal())
    return TimeCost(tuple(stretches), known, _seconds(since, wanted.at) - known, sums, why)


def _stretches(held: list[HeldPrice], end: datetime) -> list[PricedStretch]:
    ends = [*(one.since for one in held[1:]), end][: len(held)]
    found = []
    for one, until in zip(held, ends, strict=True):
        seconds = _seconds(one.since, until)
        if seconds > 0:
            # Divided last, so that whole hours stay exact.
            paid = one.stored.price.amount * seconds / _HOUR
            found.append(PricedStretch(one.since, until, one.stored, paid))
    return found


def _converted(
    stretch: PricedStretch, currency: str | None, rates: ExchangeRates | None
) -> tuple[ConvertedAmount | None, str]:
    """The cost at the rate of the stretch's first day, and why there is none."""
    own = stretch.stored.price.currency
    if currency is None or own == currency:
        return None, ""
    if rates is None:
        return None, "this portal has no exchange rates (`--exchange-rates`)"
    try:
        return rates.converted(stretch.cost, own, currency, stretch.since.date()), ""
    except PerfAnalysisError:
        return None, f"there is no rate from {own} to {currency} of {stretch.since.date()}"


def _seconds(since: datetime, until: datetime) -> Decimal:
    length = until - since
    return Decimal(length.days * 86400 + length.seconds) + Decimal(length.microseconds) / 1_000_000
