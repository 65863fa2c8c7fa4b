"""A made bill in the FOCUS format: a tenth machine time, the rest storage, network and requests."""

from __future__ import annotations

import csv
from pathlib import Path

MACHINES = 2_000
# The columns of FOCUS 1.0 that AWS fills, in its order.
COLUMNS = (
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency",
    "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription",
    "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory",
    "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountStatus",
    "CommitmentDiscountType", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
    "ContractedUnitPrice", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice",
    "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName",
    "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory",
    "ServiceName", "SkuId", "SkuPriceId", "SubAccountId", "SubAccountName", "Tags",
)  # fmt: skip
_TYPES = ("c5.large", "m5.2xlarge", "m7i.large", "r6g.xlarge")
_OTHERS = (
    ("Storage", "Amazon Simple Storage Service", "GB-Mo", "$0.023 per GB - first 50 TB / month"),
    ("Networking", "Amazon Virtual Private Cloud", "Hours", "$0.045 per NAT Gateway Hour"),
    ("Compute", "AWS Lambda", "Requests", "AWS Lambda - Total Requests"),
    ("Compute", "Amazon Elastic Compute Cloud", "GB", "$0.010 per GB - regional data transfer"),
)


def write_bill(path: Path, rows: int) -> None:
    """Write a bill of March 2026 with so many rows."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        for number in range(rows):
            writer.writerow(_row(number))


def _row(number: int) -> dict[str, str]:
    day, hour = number // 24 % 31 + 1, number % 24
    cost = f"0.{number % 99_991 + 1:010}"
    tenth, machine = number % 10 == 0, number // 10 % MACHINES
    category, service, unit, text = _OTHERS[number % len(_OTHERS)]
    if tenth:
        category, service, unit = "Compute", "Amazon Elastic Compute Cloud", "Hours"
        text = f"$0.1 per On Demand Linux {_TYPES[machine % len(_TYPES)]} Instance Hour"
    return {
        "BilledCost": cost,
        "BillingAccountId": "123456789012",
        "BillingAccountName": "made",
        "BillingCurrency": "USD",
        "BillingPeriodStart": "2026-03-01T00:00:00Z",
        "BillingPeriodEnd": "2026-04-01T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargeDescription": text,
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": f"2026-03-{day:02}T{hour:02}:00:00Z",
        "ChargePeriodEnd": f"2026-03-{day:02}T{hour:02}:59:59Z",
        "ConsumedQuantity": "1.000000000000000",
        "ConsumedUnit": unit,
        "ContractedCost": f"0.{number % 99_991 * 20 // 19 + 3:010}",
        "EffectiveCost": cost,
        "InvoiceIssuerName": "Amazon Web Services, Inc.",
        "ListCost": f"0.{number % 99_991 * 10 // 9 + 7:010}",
        "ListUnitPrice": "0.1",
        "PricingCategory": "Standard",
        "PricingQuantity": "1.00000000000",
        "PricingUnit": unit,
        "ProviderName": "AWS",
        "PublisherName": "Amazon Web Services, Inc.",
        "RegionId": "us-east-1",
        "RegionName": "US East (N. Virginia)",
        "ResourceId": f"i-{machine:017}" if tenth else f"arn:aws:x:us-east-1:1:thing/{machine}",
        "ServiceCategory": category,
        "ServiceName": service,
        "SkuId": f"SKU{number % 97}",
        "Tags": f'{{"application": "app-{machine % 50}", "environment": "dev"}}',
    }
