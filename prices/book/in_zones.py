"""Prices of a type in each zone of a region, for what is asked without a zone.

Spot prices are of a zone (AWS), so that a region as a whole has none.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from prices.book.look_up import WantedPrice, look_up
from prices.book.models import PriceRow
from prices.book.rows import StoredPrice


def in_zones(connection: Connection, wanted: WantedPrice) -> list[StoredPrice]:
    """The price that counts in each zone that has one of its own, by the names of the zones.

    Args:
        connection: of the book.
        wanted: a type in a region, without a zone.
    """
    zones = connection.scalars(
        select(PriceRow.zone)
        .where(
            PriceRow.provider == wanted.provider,
            PriceRow.region == wanted.region,
            PriceRow.instance_type == wanted.instance_type,
            PriceRow.purchase == str(wanted.purchase),
            PriceRow.machine == "",
            PriceRow.zone != "",
        )
        .distinct()
        .order_by(PriceRow.zone)
    ).all()
    found = (look_up(connection, replace(wanted, zone=zone)) for zone in zones)
    return [price for price in found if price is not None]
