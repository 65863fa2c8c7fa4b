"""Exports in the FOCUS format, made row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from prices.importers.focus.importer import FOCUS_CSV
from prices.importers.importer import ImportAccount
from prices.price import Price

# An hour of an instance of AWS.
HOUR = {
    "BilledCost": "0.34",
    "EffectiveCost": "0.34",
    "ContractedCost": "0.34",
    "ListCost": "0.40",
    "BillingCurrency": "USD",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargePeriodStart": "2026-03-05T10:00:00Z",
    "ProviderName": "AWS",
    "ServiceCategory": "Compute",
    "ServiceName": "Amazon Elastic Compute Cloud",
    "ChargeDescription": "$0.40 per On Demand Linux c5.2xlarge Instance Hour",
    "SkuPriceDetails": "",
    "RegionId": "us-east-1",
    "ResourceId": "i-081360af1f266f589",
    "CommitmentDiscountId": "",
    "CommitmentDiscountStatus": "",
    "CapacityReservationStatus": "",
    "PricingQuantity": "1",
    "PricingUnit": "Hours",
    "PricingCategory": "Standard",
    "ConsumedQuantity": "1",
    "ConsumedUnit": "Hours",
    "Tags": "",
}


def export(path: Path, *rows: Mapping[str, str], header: Mapping[str, str] | None = None) -> Path:
    """Write rows, each told by its differences to ``HOUR``."""
    text = io.StringIO()
    names = header or {name: name for name in HOUR}
    writer = csv.writer(text)
    writer.writerow(names.values())
    for row in rows:
        writer.writerow({**HOUR, **row}[name] for name in names)
    path.write_text(text.getvalue())
    return path


def read(path: Path, **said: str) -> tuple[list[Price], ImportAccount]:
    """Import a file, by its effective cost unless told, and hold its sums against its totals."""
    account = ImportAccount()
    told = {"cost": "effective", **{name.replace("_", "-"): v for name, v in said.items()}}
    prices = list(FOCUS_CSV.read(path, told, account))
    zero = Decimal(0)
    for one in (account, *account.costs.values()):
        for currency, total in one.total.items():
            shared = one.imported.get(currency, zero) + one.not_imported.get(currency, zero)
            assert shared == total
    return prices, account
