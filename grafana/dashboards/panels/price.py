"""Prices, and the work that they buy."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import figure
from grafana.dashboards.variables import MOST, fleet_course, machines, of_highest, of_kernel
from grafana.dashboards.words import Panel, Query

_PURCHASE = "{{instance}} {{purchase}}"


def units_per_dollar() -> Panel:
    """Work for the money, one bar for each machine and purchase option."""
    worth = f"max by (instance, purchase) ({of_kernel('perf:units_per_dollar:max')})"
    return Panel(
        title="Work per dollar",
        description=(
            "Units per second at 100 % busy, in the mean, which is the work that is done (of a "
            "burstable machine its baseline, where it is known), divided by what an hour costs, "
            "for each purchase option. Good: the longest bar, if the machine is large enough for "
            "the work and its run is valid. Bad: a short one, or none: no price is known. What a "
            "kernel's units predict of real work is not known: kinds of work say more. "
            f"Of more than {MOST} machines, the {MOST} with most are shown."
        ),
        kind="bargauge",
        unit="count:units/s per $/h",
        queries=[Query(of_highest(worth), _PURCHASE, at_end=True)],
        minimum=0,
        may_be_empty=True,
    )


def per_hour() -> Panel:
    """What an hour of each machine costs."""
    dollars = f"max by (instance, purchase) ({machines('perf_machine_price_dollars_per_hour')})"
    others = f"max by (instance, purchase, currency) ({machines('perf_machine_price_per_hour')})"
    price = f'label_replace({dollars}, "currency", "USD", "instance", ".*") or {others}'
    return Panel(
        title="Price of an hour",
        description=(
            "What an hour of the machine costs by each purchase option, from the inventory or the "
            "price book, in its own currency. Good: the same as on your bill. Bad: empty: no price "
            "is known, so nothing can be said about work for the money. "
            f"Of more than {MOST} machines, the {MOST} dearest are shown."
        ),
        kind="bargauge",
        unit="none",
        queries=[Query(of_highest(price), f"{_PURCHASE} {{{{currency}}}}", at_end=True)],
        minimum=0,
        decimals=4,
        may_be_empty=True,
    )


def fleet_idle() -> Panel:
    """What an hour of doing nothing costs, all machines together."""
    idle = fleet_course("instance:perf_machine_idle_cost:dollars_per_hour", 'purchase="on_demand"')
    return figure(
        title="Idle money an hour",
        description=(
            "What is paid an hour for CPU time that is not busy, all machines together, each by "
            "its on-demand price. Good: little beside what the machines cost. Bad: most of it: "
            "fewer or smaller machines would do. Empty where no price is known."
        ),
        unit="currencyUSD",
        query=Query(f"sum({idle})", "idle"),
        sparkline=True,
        may_be_empty=True,
    )
