"""What is paid: list, contract and effective prices in any currency, and what is saved."""

from __future__ import annotations

from grafana.dashboards.links import machine_column
from grafana.dashboards.transformations import arranged, merged, ranked_by
from grafana.dashboards.variables import MOST, machines, of_highest
from grafana.dashboards.words import Panel, Query

_PRICE = "instance:perf_machine_price:per_hour"
_SAVED = "instance:perf_machine_savings:per_hour"
_IDLE = "instance:perf_machine_idle_cost:per_hour"
_NAMES = {
    "instance": "Machine",
    "currency": "Currency",
    "Value #A": "List",
    "Value #B": "Contract",
    "Value #C": "Effective",
    "Value #D": "Saved",
    "Value #E": "by contract",
    "Value #F": "by commitments",
    "Value #G": "Idle",
}


def paid() -> Panel:
    """Each machine's list, contracted and effective price, and the money between them."""
    idle = " or ".join(
        f"{_of(_IDLE, option)}" for option in ('purchase="effective"', 'purchase="on_demand"')
    )
    return Panel(
        title="List, contract and effective price",
        description=(
            "What an hour of each machine costs by the list (on demand), as negotiated, and "
            "effectively: as the bill has it, with commitments shared out over what they cover. "
            "Between them is what contract and commitments save, and last what an hour of "
            "doing nothing costs at the effective price, else at the list's. Good: an effective "
            "price well below the list, and little idle money. Bad: commitments that save less "
            "than 0. Commitments that nobody used are not in it: the import of the bill counts "
            "them. Nothing is converted: sums are of one currency."
        ),
        kind="table",
        unit="short",
        queries=[
            *(
                Query(_of(_PRICE, f'purchase="{option}"'), at_end=True)
                for option in ("on_demand", "contracted", "effective")
            ),
            *(
                Query(_of(_SAVED, f'saving="{saving}"'), at_end=True)
                for saving in ("total", "contract", "commitments")
            ),
            Query(idle, at_end=True),
        ],
        width=24,
        height=10,
        decimals=4,
        transformations=[merged(), *ranked_by("Value #D", descending=True), arranged(_NAMES)],
        styles=[machine_column()],
        may_be_empty=True,
    )


def saved() -> Panel:
    """What all machines together save, over time."""
    saving = f"sum by (currency, saving) ({machines(_SAVED)})"
    return Panel(
        title="Saved an hour",
        description=(
            "What the picked machines cost less an hour than the list has it: in all, by contract, "
            "and by commitments. A line for each currency. Good: lines that stay. Bad: one of "
            "commitments that falls: what they cover runs out, or is used less. Empty where no "
            "bill was imported."
        ),
        kind="timeseries",
        unit="short",
        queries=[Query(saving, "{{saving}} {{currency}}")],
        width=12,
        height=9,
        decimals=3,
        may_be_empty=True,
    )


def for_other_money() -> Panel:
    """Work for the money that is no dollars."""
    metric = machines("perf:units_per_price:max", 'kernel="$kernel"')
    worth = f"max by (instance, purchase, currency) ({metric})"
    return Panel(
        title="Work for other currencies",
        description=(
            "Units per second, in the mean, for what an hour costs in a currency that is not the "
            "dollar, by each way to buy. Compare within a currency. Good: the longest bar. Bad: a "
            f"missing bar: no price is known. Of more than {MOST} machines, the {MOST} with most "
            "are shown."
        ),
        kind="bargauge",
        unit="short",
        queries=[Query(of_highest(worth), "{{instance}} {{purchase}} {{currency}}", at_end=True)],
        width=12,
        height=9,
        minimum=0,
        may_be_empty=True,
    )


def _of(metric: str, matcher: str) -> str:
    return f"max by (instance, currency) ({machines(metric, matcher)})"
