"""Prices of many providers out of Spare Cores' database.

The database holds amounts as floating point numbers. They are taken as SQLite writes them, to 15
digits, which are those that were put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from perfanalysis.errors import MalformedError
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Price, Purchase
from prices.reading.amounts import (
    HOURS_PER_MONTH,
    HOURS_PER_YEAR,
    decimal_of,
    moment,
    per_hour,
    refused,
)
from prices.reading.repeated import Repeated
from prices.reading.spare_cores import PROVIDERS, columns_of, database_of, opened_database

NAME = "spare-cores"
_PURCHASES = {"ondemand": Purchase.ON_DEMAND, "spot": Purchase.SPOT}
_HOURS = {"hour": 1, "month": HOURS_PER_MONTH, "year": HOURS_PER_YEAR}
_NEEDED = (
    *("vendor_id", "region_id", "zone_id", "server_id", "operating_system", "allocation"),
    *("unit", "price", "currency", "status", "observed_at"),
)
_QUERY = """
SELECT price.rowid, price.vendor_id, coalesce(nullif(region.api_reference, ''), price.region_id),
    coalesce(nullif(zone.api_reference, ''), price.zone_id),
    coalesce(nullif(server.api_reference, ''), price.server_id), lower(price.operating_system),
    lower(price.allocation), lower(price.unit), CAST(price.price AS TEXT), price.currency,
    lower(price.status), price.observed_at
FROM server_price AS price
LEFT JOIN region ON region.vendor_id = price.vendor_id AND region.region_id = price.region_id
LEFT JOIN zone ON zone.vendor_id = price.vendor_id AND zone.region_id = price.region_id
    AND zone.zone_id = price.zone_id
LEFT JOIN server ON server.vendor_id = price.vendor_id AND server.server_id = price.server_id
"""


def read(path: Path, _options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of active servers, by zone."""
    path = database_of(path)
    repeated = Repeated()
    before = account.read
    with opened_database(path) as connection:
        columns_of(connection, path, "server_price", _NEEDED)
        for table in ("region", "zone", "server"):
            columns_of(connection, path, table, ("vendor_id", "api_reference"))
        for number, *row in connection.execute(_QUERY):
            account.read += 1
            place = f"server_price, row {number}"
            try:
                found = _price(row, f"{NAME} {path.name}")
                if isinstance(found, str):
                    account.leave_out(found, place)
                elif repeated.before(found):
                    account.leave_out("stated before, with the same amount", place)
                else:
                    yield found
            except MalformedError as error:
                raise refused(str(path), place, error) from error
    refuse_empty(path, "server_price", account.read - before)


def _price(row: list[Any], source: str) -> Price | str:
    vendor, region, zone, server, system, allocation, unit, amount, currency, status, seen = row
    if status != "active":
        return "no longer sold"
    if allocation not in _PURCHASES:
        return f"by the allocation {allocation}"
    if unit not in _HOURS:
        return f"by the unit {unit}"
    price = decimal_of(amount)
    return Price(
        PROVIDERS.get(vendor, vendor),
        str(region),
        str(server),
        price if unit == "hour" else per_hour(price, _HOURS[unit]),
        str(currency),
        moment(seen),
        source,
        zone=str(zone),
        operating_system=str(system),
        purchase=_PURCHASES[allocation],
    )


IMPORTER = PriceImporter(
    NAME,
    "Spare Cores' SQLite database of servers and prices",
    "https://dbdocs.io/spare-cores/sc-crawler",
    # Its tables may be named far behind the beginning; no other format is a database.
    lambda head: head.startswith(b"SQLite format 3\0"),
    read,
)
