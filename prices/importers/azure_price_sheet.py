"""Azure's price sheet as CSV: what a customer of Microsoft pays by their agreement.

The sheet names meters, not sizes: ``D2s v5`` is the size ``Standard_D2s_v5``; one meter may be of
two sizes (``D2 v3/D2s v3``). Regions have their meters' names (``US East``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from perfanalysis.errors import MalformedError
from prices.importers.azure_meters import hours_of, left_out, months_of, purchase_of, system_of
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Payment, Price, Purchase, Term
from prices.reading.amounts import decimal_of, moment, per_hour, refused, term_hours
from prices.reading.csv_rows import plain, rows
from prices.reading.repeated import Repeated

NAME = "azure-price-sheet"
_NEEDED = ("metercategory", "metername", "meterregion", "unitofmeasure", "unitprice")
_AMERICAN = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_TYPES = ("Consumption", "ReservedInstance", "Reservation", "SavingsPlan", "Savings Plan")
# Of the meter's regions those whose Azure name is not its words turned round.
_REGIONS = {
    "EU West": "westeurope",
    "EU North": "northeurope",
    "AP Southeast": "southeastasia",
    "AP East": "eastasia",
    "US Central": "centralus",
    "US North Central": "northcentralus",
    "US South Central": "southcentralus",
    "US West Central": "westcentralus",
    "JA East": "japaneast",
    "JA West": "japanwest",
    "AU East": "australiaeast",
    "AU Southeast": "australiasoutheast",
    "AU Central": "australiacentral",
    "CA Central": "canadacentral",
    "CA East": "canadaeast",
    "IN Central": "centralindia",
    "IN South": "southindia",
    "IN West": "westindia",
    "KR Central": "koreacentral",
    "KR South": "koreasouth",
    "BR South": "brazilsouth",
    "UK South": "uksouth",
    "UK West": "ukwest",
    "FR Central": "francecentral",
    "FR South": "francesouth",
    "DE West Central": "germanywestcentral",
    "DE North": "germanynorth",
    "CH North": "switzerlandnorth",
    "CH West": "switzerlandwest",
    "NO East": "norwayeast",
    "NO West": "norwaywest",
    "SE Central": "swedencentral",
    "AE North": "uaenorth",
    "AE Central": "uaecentral",
    "ZA North": "southafricanorth",
    "ZA West": "southafricawest",
    "US East": "eastus",
    "US East 2": "eastus2",
    "US West": "westus",
    "US West 2": "westus2",
    "US West 3": "westus3",
}


def read(path: Path, options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of virtual machines by the agreement."""
    repeated = Repeated()
    before = account.read
    for line, row in rows(path, _NEEDED):
        account.read += 1
        place = f"line {line}"
        try:
            found = _prices(row, options, f"{NAME} {path.name}")
            if isinstance(found, str):
                account.leave_out(found, place)
                continue
            for price in found:
                if repeated.before(price):
                    account.leave_out("stated before, with the same amount", place)
                else:
                    yield price
        except MalformedError as error:
            raise refused(str(path), place, error) from error
    refuse_empty(path, "", account.read - before)


def _prices(row: dict[str, str], options: Mapping[str, str], source: str) -> list[Price] | str:
    product = f"{row.get('product', '')} {row.get('metersubcategory', '')}"
    hours = hours_of(row["unitofmeasure"])
    reason = _left_out(row, product)
    if reason or hours is None:
        return reason or f"by the unit {row['unitofmeasure']!r}"
    purchase, term = _terms(row)
    if term is not None and purchase is Purchase.RESERVED:
        # The price is that of the whole term, whatever its unit says.
        hours = Decimal(term_hours(term.months))
    amount = decimal_of(row["unitprice"])
    begin = row.get("effectivestartdate") or options.get("valid_from")
    if not begin:
        raise MalformedError("expected a column effectiveStartDate, or --set valid_from=...")
    region = row["meterregion"]
    return [
        Price(
            "azure",
            _REGIONS.get(region, region),
            size,
            amount if hours == 1 else per_hour(amount, hours),
            row.get("currency") or row.get("currencycode") or "",
            _moment(begin),
            source,
            operating_system=system_of(product),
            purchase=purchase,
            term=term,
        )
        for size in sizes_of(row["metername"])
    ]


def _left_out(row: dict[str, str], product: str) -> str:
    """Why a row is not taken; "" where it is."""
    kind = row.get("pricetype") or "Consumption"
    if row["metercategory"] != "Virtual Machines":
        return "of another service"
    if kind not in _TYPES:
        return f"of the type {kind}"
    if decimal_of(row.get("tierminimumunits") or "0"):
        return "from a quantity on"
    if "devtest" in plain(row.get("productordername", "")):
        return "for dev/test"
    return left_out(product, row["metername"])


def _terms(row: dict[str, str]) -> tuple[Purchase, Term | None]:
    kind = row.get("pricetype") or "Consumption"
    if kind.startswith("Reserv"):
        return Purchase.RESERVED, Term(months_of(row.get("term")), Payment.ALL)
    if kind.startswith("Savings"):
        return Purchase.SAVINGS_PLAN, Term(months_of(row.get("term")), Payment.NONE)
    return purchase_of(row["metername"]), None


def _moment(text: str) -> datetime:
    """A time, or a day as the portal writes it: the month first."""
    american = _AMERICAN.fullmatch(text.strip())
    return moment("{2}-{0}-{1}".format(*american.groups()) if american else text)


def sizes_of(meter: str) -> list[str]:
    """``D2 v3/D2s v3 Spot`` is ``Standard_D2_v3`` and ``Standard_D2s_v3``."""
    names = meter.removesuffix(" Spot").split("/")
    return [f"Standard_{name.strip().replace(' ', '_')}" for name in names if name.strip()]


IMPORTER = PriceImporter(
    NAME,
    "Azure price sheet of an agreement, as CSV",
    "https://learn.microsoft.com/en-us/azure/cost-management-billing/dataset-schema/price-sheet-mca",
    lambda head: b"meterCategory" in head and b"unitPrice" in head and b"priceType" in head,
    read,
    {"valid_from": "from when the prices are, where the sheet has no effectiveStartDate"},
    lines=True,
)
