"""Azure's retail prices: pages of the API, alone or one after the other in one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from perfanalysis.errors import MalformedError
from prices.importers.azure_meters import hours_of, left_out, months_of, purchase_of, system_of
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Payment, Price, Purchase, Term
from prices.reading.amounts import decimal_of, moment, per_hour, refused, term_hours, text_of
from prices.reading.json_stream import members
from prices.reading.repeated import Repeated

NAME = "azure-retail"


def read(path: Path, _options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of virtual machines, and those by savings plan beside them."""
    repeated = Repeated()
    before = account.read
    for place, key, item in members(path, [("Items",), ()]):
        # Some programs keep the items of all pages as one list.
        if place != ("Items",) and not isinstance(key, int):
            continue
        account.read += 1
        where = f"Items[{key}]"
        try:
            found = _prices(item, f"{NAME} {path.name}")
            if isinstance(found, str):
                account.leave_out(found, where)
                continue
            for price in found:
                if repeated.before(price):
                    account.leave_out("stated before, with the same amount", where)
                else:
                    yield price
        except MalformedError as error:
            raise refused(str(path), f"{where} ({_name(item)})", error) from error
    refuse_empty(path, "Items", account.read - before)


def _name(item: Any) -> str:
    return str(item.get("skuId", "no skuId")) if isinstance(item, dict) else "no item"


def _prices(item: Any, source: str) -> list[Price] | str:
    try:
        reason = _left_out(item)
        if reason:
            return reason
        price = Price(
            "azure",
            text_of(item["armRegionName"]),
            text_of(item["armSkuName"]),
            decimal_of(item["retailPrice"]),
            str(item["currencyCode"]),
            moment(item["effectiveStartDate"]),
            source,
            operating_system=system_of(item["productName"]),
            purchase=purchase_of(item["meterName"]),
        )
        if item["type"] == "Reservation":
            return [_reserved(price, item["reservationTerm"])]
        hours = hours_of(str(item["unitOfMeasure"]))
        if hours is None:
            return f"by the unit {item['unitOfMeasure']!r}"
        price = price if hours == 1 else replace(price, amount=per_hour(price.amount, hours))
        plans = item.get("savingsPlan") or []
        return [price, *(_planned(price, plan) for plan in plans)]
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedError(f"expected an item of retail prices (missing: {error})") from error


def _left_out(item: Any) -> str:
    if item["serviceName"] != "Virtual Machines":
        return "of another service"
    if item["type"] not in ("Consumption", "Reservation"):
        return f"of the type {item['type']}"
    if not item.get("armSkuName") or not item.get("armRegionName"):
        return "without a size or a region"
    if item.get("isPrimaryMeterRegion") is False:
        return "of a meter that is not the region's first"
    if item.get("tierMinimumUnits"):
        return "from a quantity on"
    return left_out(item["productName"], item["meterName"])


def _reserved(price: Price, term: Any) -> Price:
    """A reservation's price is that of its whole term, though its unit says an hour."""
    months = months_of(term)
    return replace(
        price,
        amount=per_hour(price.amount, term_hours(months)),
        purchase=Purchase.RESERVED,
        # Paid by months it costs the same.
        term=Term(months, Payment.ALL),
    )


def _planned(price: Price, plan: Any) -> Price:
    return replace(
        price,
        amount=decimal_of(plan["retailPrice"]),
        purchase=Purchase.SAVINGS_PLAN,
        term=Term(months_of(plan["term"]), Payment.NONE),
    )


IMPORTER = PriceImporter(
    NAME,
    "Azure retail prices, pages of the API as JSON",
    "https://learn.microsoft.com/en-us/rest/api/cost-management/retail-prices/azure-retail-prices",
    lambda head: b'"armRegionName"' in head and b'"retailPrice"' in head,
    read,
)
