"""The dashboard of prices: what is worth its money, and what idles."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards.panels import kinds, predicted, price, price_explorer, price_savings
from grafana.dashboards.variables import JOB, KERNEL, KIND, MACHINE, PURCHASE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """Price against work with the Pareto front, purchase options, savings, and idle money."""
    return Dashboard(
        uid="perfanalysis-price",
        title="PerfAnalysis: price-performance",
        description="Which machine is worth its money, bought how, what is saved, and what idles.",
        tags=["perfanalysis", "price"],
        variables=[JOB, MACHINE, KIND, KERNEL, PURCHASE],
        rows=[
            Row("By kind of work", [kinds.for_the_money(), kinds.table()]),
            Row("Price and work of one kernel", [price_explorer.scatter(), price_explorer.front()]),
            Row(
                "Ways to buy", [price_explorer.by_purchase(), replace(price.per_hour(), height=10)]
            ),
            Row(
                "What is paid",
                [price_savings.paid(), price_savings.saved(), price_savings.for_other_money()],
            ),
            Row("What it would be elsewhere", [predicted.table(), predicted.over_time()]),
            Row(
                "Money for nothing",
                [
                    price_explorer.total(),
                    price_explorer.cost_and_use(),
                    price_explorer.idle_by_team(),
                ],
            ),
        ],
        refresh="5m",
        span="24h",
    )
