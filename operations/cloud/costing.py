"""What machines cost in their time limit, by the price book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from operations.cloud.wanted_machines import WantedMachines
from prices.book.in_zones import in_zones
from prices.book.look_up import WantedPrice, look_up
from prices.book.rows import StoredPrice
from prices.price import Purchase


@dataclass(frozen=True)
class RowCost:
    """What the machines of one type, purchase and region cost.

    Attributes:
        price: of an hour of one machine; None: the book has none.
        cost: of all of them in their hours, in the price's currency; None: not known.
    """

    instance_type: str
    region: str
    purchase: str
    count: int
    price: StoredPrice | None
    cost: Decimal | None


@dataclass(frozen=True)
class ComparisonCost:
    """What a comparison costs.

    Attributes:
        provider: as the book writes it.
        hours: that each machine is paid for.
        rows: in the order in which they were asked.
        asked_at: when the prices counted.
    """

    provider: str
    hours: Decimal
    rows: tuple[RowCost, ...]
    asked_at: datetime

    @property
    def totals(self) -> Mapping[str, Decimal]:
        """By currency, of what is known."""
        found: dict[str, Decimal] = {}
        for row in self.rows:
            if row.price is not None and row.cost is not None:
                currency = row.price.price.currency
                found[currency] = found.get(currency, Decimal(0)) + row.cost
        return found

    @property
    def unknown(self) -> tuple[RowCost, ...]:
        """Rows without a price."""
        return tuple(row for row in self.rows if row.price is None)

    @property
    def total(self) -> tuple[Decimal, str] | None:
        """Of all, with its currency; None: a price is unknown, or currencies differ."""
        totals = self.totals
        if self.unknown or len(totals) != 1:
            return None
        ((currency, amount),) = totals.items()
        return amount, currency


def cost_of(connection: Connection, asked: WantedPrice, wanted: WantedMachines) -> ComparisonCost:
    """Look all prices up, and multiply.

    Args:
        connection: of the book.
        asked: what is the same of all: provider, moment, currency; and the zone: "" is any, and of
            prices by zone the dearest one counts.
        wanted: the machines.
    """
    rows = []
    for instance_type, region, purchase, count in wanted.rows:
        price = _price(
            connection,
            replace(asked, region=region, instance_type=instance_type, purchase=Purchase(purchase)),
        )
        cost = None if price is None else price.price.amount * count * wanted.hours
        rows.append(RowCost(instance_type, region, purchase, count, price, cost))
    return ComparisonCost(asked.provider, wanted.hours, tuple(rows), asked.at)


def _price(connection: Connection, asked: WantedPrice) -> StoredPrice | None:
    found = look_up(connection, asked)
    if found is not None or asked.zone:
        return found
    # Nobody knows yet in which of them machines will be: never less than what they cost.
    each = in_zones(connection, asked)
    if len({one.price.currency for one in each}) > 1:
        return None
    return max(each, key=lambda one: one.price.amount, default=None)
