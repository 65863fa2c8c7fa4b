"""``perf_machine_*``: who a machine is and what an hour of it costs, as families of metrics."""

from __future__ import annotations

from perfanalysis.exposition.families import Family

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
    source="inventory",
)
