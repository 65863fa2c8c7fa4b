"""The effective price of each machine of a bill, by pandas and in floats: the peer's side."""

from __future__ import annotations

import sys

COLUMNS = (
    "EffectiveCost",
    "BillingCurrency",
    "ChargeCategory",
    "ChargePeriodStart",
    "ServiceName",
    "ChargeDescription",
    "RegionId",
    "ResourceId",
    "ConsumedQuantity",
    "ConsumedUnit",
)


def main(path: str) -> None:
    """Print how many prices there are, and the bill's sum."""
    import pandas as pd

    bill = pd.read_csv(path, usecols=list(COLUMNS))
    hours = bill[
        (bill.ChargeCategory == "Usage")
        & (bill.ConsumedUnit == "Hours")
        & (bill.ServiceName == "Amazon Elastic Compute Cloud")
    ]
    types = hours.ChargeDescription.str.extract(r"(\S+) Instance Hour")[0]
    hours = hours.assign(type=types, month=hours.ChargePeriodStart.str[:7])
    keys = ["ResourceId", "type", "RegionId", "month", "BillingCurrency"]
    used = hours.groupby(keys)[["EffectiveCost", "ConsumedQuantity"]].sum()
    prices = used.EffectiveCost / used.ConsumedQuantity
    print(f"{len(prices)} prices, {bill.EffectiveCost.sum()} in total")


if __name__ == "__main__":
    main(sys.argv[1])
