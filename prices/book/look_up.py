"""Find the price that counts.

The most specific price that is valid at the time wins: of the machine, of its type in the zone, in
the region, everywhere. Of these the newest counts. Of two sources that are valid from the same
moment the first by name counts, so that the order of imports does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    literal_column,
    or_,
    select,
)

from prices.book.amounts import microseconds
from prices.book.models import PriceRow, SourceRow
from prices.book.rows import StoredPrice, price_of
from prices.price import Purchase, Term


@dataclass(frozen=True)
class WantedPrice:
    """What a price is asked for; the fields are those of ``prices.price.Price``.

    Attributes:
        at: the moment at which it counts, with its zone.
        machines: names and ids of the machine, of which one may have a price of its own.
        currency: "": whichever it has.
    """

    provider: str
    at: datetime
    region: str = ""
    zone: str = ""
    instance_type: str = ""
    machines: tuple[str, ...] = ()
    operating_system: str = "linux"
    tenancy: str = "shared"
    purchase: Purchase = Purchase.ON_DEMAND
    term: Term | None = None
    currency: str = ""


def _query(*conditions: ColumnElement[bool]) -> Select[Any]:
    # What comes behind the source's name is there for one answer in any order of imports.
    anything = bindparam("currency", type_=String)
    return (
        select(PriceRow.__table__, SourceRow.name.label("source"))
        .join(SourceRow, SourceRow.id == PriceRow.source_id)
        .where(
            PriceRow.provider == bindparam("provider"),
            *conditions,
            PriceRow.purchase == bindparam("purchase"),
            PriceRow.months == bindparam("months"),
            PriceRow.payment == bindparam("payment"),
            PriceRow.valid_from <= bindparam("at"),
            or_(anything == "", PriceRow.currency == anything),
        )
        .order_by(
            PriceRow.valid_from.desc(),
            SourceRow.name,
            PriceRow.currency,
            PriceRow.instance_type,
            PriceRow.region,
            PriceRow.zone,
            PriceRow.operating_system,
            PriceRow.tenancy,
        )
    )


# A machine that was made larger has prices of both types: that of its type now counts.
_TYPE = bindparam("instance_type", type_=String)
_OF_MACHINE = _query(
    PriceRow.machine == bindparam("machine"),
    # As the index of machines has it: a parameter would keep PostgreSQL from using it.
    PriceRow.machine != literal_column("''"),
    or_(_TYPE == "", PriceRow.instance_type == "", PriceRow.instance_type == _TYPE),
)
_OF_TYPE = _query(
    PriceRow.instance_type == bindparam("instance_type"),
    PriceRow.region == bindparam("region"),
    PriceRow.zone == bindparam("zone"),
    PriceRow.machine == "",
    PriceRow.operating_system == bindparam("operating_system"),
    PriceRow.tenancy == bindparam("tenancy"),
)


_FIRST_OF_MACHINE, _FIRST_OF_TYPE = _OF_MACHINE.limit(1), _OF_TYPE.limit(1)


class AskedPrices(NamedTuple):
    """Prices that are equally specific.

    Attributes:
        every: asks for all of them until the moment, the newest first; of those that are valid from
            the same moment, the one that counts comes first.
        first: asks for the one that counts then.
        values: of the parameters of both.
    """

    every: Select[Any]
    first: Select[Any]
    values: dict[str, Any]


def asked_prices(wanted: WantedPrice) -> Iterator[AskedPrices]:
    """What is asked for a price, the most specific first."""
    asked = {
        "provider": wanted.provider,
        "purchase": str(wanted.purchase),
        "months": wanted.term.months if wanted.term else 0,
        "payment": str(wanted.term.payment) if wanted.term else "",
        "at": microseconds(wanted.at),
        "currency": wanted.currency,
        "instance_type": wanted.instance_type,
    }
    for machine in filter(None, wanted.machines):
        yield AskedPrices(_OF_MACHINE, _FIRST_OF_MACHINE, {**asked, "machine": machine})
    asked |= {
        "operating_system": wanted.operating_system,
        "tenancy": wanted.tenancy,
    }
    for region, zone in _places(wanted) if wanted.instance_type else ():
        yield AskedPrices(_OF_TYPE, _FIRST_OF_TYPE, {**asked, "region": region, "zone": zone})


def look_up(
    connection: Connection, wanted: WantedPrice, only: ColumnElement[bool] | None = None
) -> StoredPrice | None:
    """The price that counts; None: the book has none.

    Args:
        connection: of the book.
        wanted: what is asked for.
        only: which rows of ``PriceRow`` count; None: all.
    """
    for asked in asked_prices(wanted):
        first = asked.first if only is None else asked.first.where(only)
        if row := connection.execute(first, asked.values).one_or_none():
            return price_of(row, row.source)
    return None


def _places(wanted: WantedPrice) -> list[tuple[str, str]]:
    """Region and zone, the most specific first."""
    places = [(wanted.region, wanted.zone), (wanted.region, ""), ("", "")]
    return list(dict.fromkeys(places))
