"""``perf_machine_*``: who a machine is and what an hour of it costs. Pure."""

from __future__ import annotations

from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import format_value
from perfanalysis.machines.identity import Identity

INFO = Family(
    "perf_machine_info",
    "gauge",
    "Identity of the scraped machine; a label is empty when it is unknown.",
    ("machine", "provider", "region", "zone", "instance_type", "cpu_model", "architecture"),
    source="flags, inventory, the cloud's metadata service, DMI, /proc/cpuinfo, uname(2)",
)
PURCHASE = Family(
    "perf_machine_purchase_info",
    "gauge",
    "How the cloud says the machine was started: on_demand or spot. Absent when unknown.",
    ("purchase",),
    source="the cloud's metadata service",
)
PRICE = Family(
    "perf_machine_price_dollars_per_hour",
    "gauge",
    "What an hour of the machine costs; absent when unknown.",
    ("purchase",),
    source="flags, inventory, the price book's file",
)
OTHER_PRICE = Family(
    "perf_machine_price_per_hour",
    "gauge",
    "What an hour of the machine costs in a currency that is not the dollar.",
    ("currency", "purchase"),
    source="the price book's file",
)
FAMILIES = (INFO, PRICE, OTHER_PRICE, PURCHASE)


def series_of(identity: Identity) -> list[tuple[Series, bytes]]:
    """The series of a machine, with their values; what is unknown has none."""
    labels = (
        identity.name,
        identity.provider,
        identity.region,
        identity.zone,
        identity.instance_type,
        identity.cpu_model,
        identity.architecture,
    )
    found = [(Series(INFO, labels), b"1"), *price_series(identity)]
    if identity.purchase:
        found.append((Series(PURCHASE, (identity.purchase,)), b"1"))
    return found


def price_series(identity: Identity) -> list[tuple[Series, bytes]]:
    """What an hour of a machine costs, dollars before other currencies; none where unknown."""
    dollars = [
        (Series(PRICE, (purchase,)), format_value(price))
        for purchase, price in identity.prices.items()
    ]
    others = [
        (Series(OTHER_PRICE, (currency, purchase)), format_value(price))
        for currency, prices in identity.other_prices.items()
        for purchase, price in prices.items()
    ]
    return dollars + others
