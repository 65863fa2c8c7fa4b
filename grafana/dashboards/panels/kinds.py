"""Work by kind: what machines do of real work, as several kernels foretell it, and for which money.

All values are multiples of one reference machine's work, so that they rank machines within a kind;
they are not held together across kinds.
"""

from __future__ import annotations

from grafana.dashboards.links import SERIES_TO_LOADTEST, SERIES_TO_MACHINE, machine_column
from grafana.dashboards.transformations import arranged, matrix, merged, ranked_by
from grafana.dashboards.variables import MOST, fleet, machines, of_highest
from grafana.dashboards.words import Panel, Query, Style

_KIND = 'kind="$kind"'
_PURCHASE = 'purchase="$purchase"'
_WORK = "instance_kind:perf_kind_work:ratio"
_PER_DOLLAR = "perf:kind_work_per_dollar:max"
_NOT_MEASURED = (
    "Bad: a machine is missing: its load test has not run with --profile kinds, or no price is "
    "known, or it is burstable and what it does for good is not known by kind."
)
_TABLE = {
    "instance": "Machine",
    "Value #A": "Work for each dollar an hour",
    "Value #B": "Work",
    "Value #C": "Lower bound",
    "Value #D": "Upper bound",
    "Value #E": "Price of an hour",
}


def for_the_money() -> Panel:
    """Work of the picked kind for each dollar an hour, a bar a machine."""
    worth = f"max by (instance) ({machines(_PER_DOLLAR, _KIND, _PURCHASE)})"
    return Panel(
        title="Work for the money: $kind",
        description=(
            "Work of that kind (docs/kinds.md) for each dollar an hour, as multiples of the "
            "reference machine's work, foretold from several kernels. Good: the longest bar, "
            f"where the table's bounds tell it from the next. {_NOT_MEASURED} "
            f"Of more than {MOST} machines, the {MOST} with most are shown."
        ),
        kind="bargauge",
        unit="short",
        queries=[Query(f"sort_desc({of_highest(worth)})", "{{instance}}", at_end=True)],
        height=10,
        minimum=0,
        links=[SERIES_TO_LOADTEST],
        may_be_empty=True,
    )


def bars() -> Panel:
    """Work of the picked kind, or that for the money, a bar a machine."""
    return Panel(
        title="Work: $kind",
        description=(
            "Work of that kind (docs/kinds.md) as a multiple of the reference machine's, or, by "
            "the choice at the top, that for each dollar an hour, foretold from several kernels. "
            "Good: the longest bar, where bounds tell it from the next. Bad: a machine is "
            "missing: its load test has not run "
            "with --profile kinds, or there is no price. "
            f"Of more than {MOST} machines, the {MOST} with most are shown."
        ),
        kind="bargauge",
        unit="short",
        queries=[
            Query(f"sort_desc({of_highest(_work('instance', _KIND))})", "{{instance}}", at_end=True)
        ],
        height=10,
        minimum=0,
        links=[SERIES_TO_LOADTEST],
        may_be_empty=True,
    )


def _work(by: str, *more: str) -> str:
    """Work by kind, or by the choice at the top of the dashboard that for each dollar an hour."""
    work = f"max by ({by}) ({machines(_WORK, *more)})"
    for_money = f"max by ({by}) ({machines(_PER_DOLLAR, _PURCHASE, *more)})"
    return f"({work} and on () (vector($per) == 0) or {for_money} and on () (vector($per) == 1))"


def table() -> Panel:
    """The figures of the picked kind, the most work for the money first."""
    queries = [
        machines(_PER_DOLLAR, _KIND, _PURCHASE),
        machines(_WORK, _KIND),
        machines("perf_kind_work_ratio_lower", _KIND),
        machines("perf_kind_work_ratio_upper", _KIND),
        f"{machines('perf_machine_price_dollars_per_hour', _PURCHASE)} and on (job, instance) "
        f"{machines(_WORK, _KIND)}",
    ]
    return Panel(
        title="Figures: $kind",
        description=(
            "Work of that kind with the bounds of its 90 % interval, each against the reference "
            "machine. Bounds of two machines that overlap tell nothing; `perfanalysis loadtest "
            "compare` has the interval of their ratio. Good: the first row, and bounds that do not "
            "overlap the second's. Bad: bounds that all overlap: take the cheapest."
        ),
        kind="table",
        unit="short",
        queries=[Query(f"max by (instance) ({query})", at_end=True) for query in queries],
        height=10,
        transformations=[merged(), *ranked_by("Value #A", descending=True), arranged(_TABLE)],
        styles=[
            machine_column(),
            Style("Price of an hour", (("unit", "currencyUSD"), ("decimals", 4))),
        ],
        may_be_empty=True,
    )


def every_kind() -> Panel:
    """Each kind against the best of the picked machines: where kinds disagree."""
    work = f"({of_highest(_work('instance, kind'))})"
    return Panel(
        title="Where kinds disagree",
        description=(
            "Each kind's work, or, by the choice at the top, that for each dollar an hour, as a "
            "share of the best of the picked machines. Good: one machine has the longest bar in "
            "every kind. Bad: one that leads in some kinds only: which is the better one depends "
            "on what you run, and the "
            "bars of one kernel do not say it."
        ),
        kind="barchart",
        unit="percentunit",
        queries=[
            Query(f"{work} / on (kind) group_left () max by (kind) ({work})", at_end=True),
        ],
        height=10,
        minimum=0,
        maximum=1,
        x_field=r"kind\instance",
        transformations=[matrix(column="instance", row="kind", value="Value")],
        may_be_empty=True,
    )


def of_fleet() -> Panel:
    """The fleet's best machines for the money, by the picked kind."""
    worth = fleet(_PER_DOLLAR, _KIND, 'purchase="on_demand"')
    return Panel(
        title="Most work for the money: $kind",
        description=(
            f"The {MOST} machines with most work of that kind (docs/kinds.md) for each dollar an "
            "hour on demand, as multiples of the reference machine's work, foretold from several "
            f"kernels. Good: new machines are of the first ones' types. {_NOT_MEASURED}"
        ),
        kind="bargauge",
        unit="short",
        queries=[Query(f"topk({MOST}, max by (instance) ({worth}))", "{{instance}}", at_end=True)],
        width=24,
        minimum=0,
        links=[SERIES_TO_MACHINE],
        may_be_empty=True,
    )
