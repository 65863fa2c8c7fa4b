"""Prices and costs as CSV."""

from __future__ import annotations

from fastapi import Response

from portal.api.csv_form import csv_answer
from portal.api.price_forms import digits, facts_of
from portal.inventory.held_facts import PRICED
from portal.pricing.costs import CostGap, PricedStretch, TimeCost
from portal.records.paging import Paged
from prices.book.rows import StoredPrice
from prices.importers.own_fields import FIELDS, texts_of

_COST = (
    "since",
    "until",
    *PRICED,
    "amount",
    "currency",
    "purchase",
    "cost",
    "converted",
    "source",
    "why",
)


def prices(found: Paged[StoredPrice]) -> Response:
    """One line a price, in the columns that `prices import` reads."""
    more = {} if found.cursor is None else {"Next-Cursor": found.cursor}
    lines = ([texts_of(one.price)[name] for name in FIELDS] for one in found.rows)
    return csv_answer("prices.csv", FIELDS, lines, **more)


def cost(found: TimeCost) -> Response:
    """One line a stretch of time, in their order; where there is no price, why."""
    parts: list[PricedStretch | CostGap] = [*found.stretches, *found.gaps]
    lines = [_line(one) for one in sorted(parts, key=lambda one: one.since)]
    return csv_answer("cost.csv", _COST, lines)


def _line(one: PricedStretch | CostGap) -> list[object]:
    when = [one.since, one.until, *facts_of(one).values()]
    if isinstance(one, CostGap):
        return [*when, *[None] * (len(_COST) - len(when) - 1), one.why]
    price = one.stored.price
    return [
        *when,
        format(price.amount, "f"),
        price.currency,
        str(price.purchase),
        digits(one.cost),
        None if one.converted is None else digits(one.converted.amount),
        price.source,
        None,
    ]
