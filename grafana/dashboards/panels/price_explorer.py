"""Price against work: what is worth a thought, and what idle time costs."""

from __future__ import annotations

from grafana.dashboards.links import machine_column
from grafana.dashboards.transformations import (
    arranged,
    joined,
    matrix,
    merged,
    ranked_by,
)
from grafana.dashboards.variables import MOST, machines, of_highest
from grafana.dashboards.words import Panel, Query, Scatter, Step, Style

_OFFER = ('kernel="$kernel"', 'purchase="$purchase"')
_OLD_UNIT = (
    "It holds for that kernel: what rmw, the old unit, predicts of real work is not known, and a "
    "kernel of its kind (16-bit division) was off by 40 % in the median for a cache server, 64 % "
    "for a web server."
)
_COST = {
    "instance": "Machine",
    "Value #A": "Price of an hour",
    "Value #B": "CPU busy",
    "Value #C": "Idle money an hour",
    "Value #D": "Idle money a month",
}


def scatter() -> Panel:
    """Each machine's price and work, and the front of those that no other beats."""
    names = {
        "instance": "Machine",
        "Value #A": "dollars an hour",
        "Value #B": "units per second",
        "Value #C": "not beaten",
    }
    return Panel(
        title="Price and work",
        description=(
            "Each machine by what an hour costs (x, dollars) and what it does at 100 % busy (y, "
            "units per second, the mean). The line joins the machines that no other beats in both "
            "at once (the Pareto front). Good: on the line. Bad: below it: another machine does "
            "more for less. " + _OLD_UNIT
        ),
        kind="xychart",
        unit="short",
        queries=[
            Query(f"max by (instance) ({machines(metric, *_OFFER)})", at_end=True)
            for metric in (
                "perf:offer:dollars_per_hour",
                "perf:offer:units_per_second",
                "perf:price_front:units_per_second",
            )
        ],
        width=16,
        height=12,
        minimum=0,
        scatters=[
            Scatter("dollars an hour", "units per second"),
            Scatter("dollars an hour", "not beaten", joined=True),
        ],
        transformations=[
            *joined("instance"),
            *ranked_by("Value #A"),
            arranged(names),
        ],
        styles=[Style("dollars an hour", (("unit", "currencyUSD"),))],
        may_be_empty=True,
    )


def front() -> Panel:
    """The machines on the front, cheapest first."""
    names = {"instance": "Machine", "Value #A": "Price of an hour", "Value #B": "Units per second"}
    queries = [
        f"max by (instance) ({machines('perf:offer:dollars_per_hour', *_OFFER)})"
        f" and on (instance) {machines('perf:price_front:units_per_second', *_OFFER)}",
        f"max by (instance) ({machines('perf:price_front:units_per_second', *_OFFER)})",
    ]
    return Panel(
        title="Not beaten",
        description=(
            "The machines that no other beats in price and in work at once, the cheapest first. "
            "Good: take the first one that is large enough. Bad: empty: no machine has both a "
            "price and a load test."
        ),
        kind="table",
        unit="short",
        queries=[Query(query, at_end=True) for query in queries],
        width=8,
        height=12,
        transformations=[merged(), *ranked_by("Value #A"), arranged(names)],
        styles=[
            machine_column(),
            Style("Price of an hour", (("unit", "currencyUSD"), ("decimals", 4))),
        ],
        may_be_empty=True,
    )


def by_purchase() -> Panel:
    """Work for the money by each purchase option."""
    metric = machines("perf:units_per_dollar:max", 'kernel="$kernel"')
    worth = f"max by (instance, purchase) ({metric})"
    return Panel(
        title="What if: every purchase option",
        description=(
            "Units per second, in the mean, for each dollar an hour, by each way to buy that the "
            "inventory has a price for. Good: the longest bar, where its terms suit. Bad: a "
            f"missing bar: no price is known. Of more than {MOST} machines, the {MOST} with most "
            "are shown."
        ),
        kind="barchart",
        unit="count:units/s per $/h",
        queries=[Query(of_highest(worth), at_end=True)],
        height=10,
        minimum=0,
        x_field=r"instance\purchase",
        transformations=[matrix(column="purchase", row="instance", value="Value")],
        may_be_empty=True,
    )


def cost_and_use() -> Panel:
    """What an hour costs beside how busy the machine is."""
    price = machines("perf_machine_price_dollars_per_hour", 'purchase="$purchase"')
    busy = machines("instance:node_cpu_busy:ratio_rate5m")
    idle = machines("instance:perf_machine_idle_cost:dollars_per_hour", 'purchase="$purchase"')
    mean = f"avg_over_time({idle}[$__range])"
    queries = [
        f"max by (instance) ({price})",
        f"max by (instance) (avg_over_time({busy}[$__range]))",
        f"max by (instance) ({mean})",
        f"max by (instance) ({mean}) * 730",
    ]
    return Panel(
        title="Cost and use",
        description=(
            "What an hour costs beside the busy CPU share over the time range, and what is paid "
            "for the rest: an hour, and a month of 730 hours. Most idle money first. Good: little "
            "idle money. Bad: much, for weeks: take a smaller machine."
        ),
        kind="table",
        unit="currencyUSD",
        queries=[Query(query, at_end=True) for query in queries],
        width=16,
        height=10,
        transformations=[merged(), *ranked_by("Value #C", descending=True), arranged(_COST)],
        styles=[
            machine_column(),
            Style("Price of an hour", (("decimals", 4),)),
            Style("CPU busy", (("unit", "percentunit"), ("decimals", 1))),
            Style("Idle money an hour", (("decimals", 4),)),
            Style("Idle money a month", (("decimals", 0),)),
        ],
        may_be_empty=True,
    )


def idle_by_team() -> Panel:
    """Idle money by the label ``team``."""
    idle = machines("instance:perf_machine_idle_cost:dollars_per_hour", 'purchase="$purchase"')
    return Panel(
        title="Idle money by team",
        description=(
            "What is paid an hour for CPU time that is not busy, by the label `team` of the "
            "machines; those without it are one bar without a name. Good: little. Bad: a team with "
            "most of it, and no peak that explains it."
        ),
        kind="bargauge",
        unit="currencyUSD",
        queries=[Query(f"sum by (team) ({_with_team(idle)})", "{{team}}", at_end=True)],
        width=8,
        height=10,
        minimum=0,
        decimals=3,
        may_be_empty=True,
    )


def _with_team(idle: str) -> str:
    team = f"max by (job, instance, team) ({machines('up')})"
    return f"{idle} * on (job, instance) group_left (team) {team} ^ 0"


def total() -> Panel:
    """What the picked machines cost, and how much of that is idle."""
    price = machines("perf_machine_price_dollars_per_hour", 'purchase="$purchase"')
    idle = machines("instance:perf_machine_idle_cost:dollars_per_hour", 'purchase="$purchase"')
    return Panel(
        title="All together, an hour",
        description=(
            "What an hour of the picked machines costs, and how much of that is paid for CPU time "
            "that is not busy. Good: the second is small beside the first. Bad: nearly the same."
        ),
        kind="stat",
        unit="currencyUSD",
        queries=[
            Query(f"sum({price})", "cost", at_end=True),
            Query(f"sum({idle})", "idle", at_end=True),
        ],
        width=24,
        height=4,
        decimals=3,
        steps=[Step(None, "blue")],
        may_be_empty=True,
    )
