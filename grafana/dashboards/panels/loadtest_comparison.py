"""Load tests of several machines side by side, by work or by work for the money.

The variable ``per`` is 0 for work and 1 for work for each dollar an hour: each query holds both,
and lets through the one that is asked for. A machine without a price has no price-performance.
"""

from __future__ import annotations

from grafana.dashboards.links import machine_column
from grafana.dashboards.panels.loadtest import LEVEL, VALIDITY, one_line_a_machine
from grafana.dashboards.transformations import arranged, bars_of, matrix, merged, ranked_by
from grafana.dashboards.variables import MOST, machines
from grafana.dashboards.words import Panel, Query, Step, Style

_HOUR = machines("perf_machine_price_dollars_per_hour", 'purchase="$purchase"')
_PRICE = f"(max by (instance) ({_HOUR}) > 0)"


def _measured(metric: str, by: str, *more: str) -> str:
    """A load test's figure by some labels, as it is or for each dollar an hour.

    Of more machines than can be told apart, those with the highest figures at 100 % are shown.
    """
    return f"({_chosen(f'max by ({by}) ({machines(metric, *more)})')} and {_best()})"


def _best() -> str:
    most = machines("perf_loadtest_max_units_per_second", _KERNEL)
    return f"on (instance) topk({MOST}, {_chosen(f'max by (instance) ({most})')})"


def _chosen(work: str) -> str:
    for_money = f"{work} / on (instance) group_left () {_PRICE}"
    return (
        f"(({work}) and on () (vector($per) == 0) or ({for_money}) and on () (vector($per) == 1))"
    )


_KERNEL = 'kernel="$kernel"'


def lines() -> Panel:
    """Units per second, or units for the money, by busy level."""
    query = _measured("perf_loadtest_units_per_second", "instance, busy", _KERNEL)
    return Panel(
        title="By busy level: ${per:text}",
        description=(
            "Units per second at each busy level (x axis, per cent), or units per second for each "
            "dollar an hour, by the choice at the top. Good: the higher line. Bad: one that "
            "bends down. Lines that cross say that it depends on how busy the machine will be. "
            f"Of more than {MOST} machines, the {MOST} with most at 100 % are shown."
        ),
        kind="trend",
        unit="short",
        queries=[Query(query, at_end=True)],
        height=10,
        minimum=0,
        x_field=LEVEL,
        transformations=one_line_a_machine(),
        may_be_empty=True,
    )


def bars() -> Panel:
    """The most work, or the most work for the money, a bar a machine."""
    query = _measured("perf_loadtest_max_units_per_second", "instance", _KERNEL)
    return Panel(
        title="At 100 % busy: ${per:text}",
        description=(
            "Units per second with all CPUs busy, or units per second for each dollar an hour. "
            "Good: the longest bar, where both runs are valid. Bad: a machine is missing: it has "
            "no price, or no load test."
        ),
        kind="bargauge",
        unit="short",
        queries=[Query(f"sort_desc({query})", "{{instance}}", at_end=True)],
        height=10,
        minimum=0,
        may_be_empty=True,
    )


def difference() -> Panel:
    """The difference from a baseline in percent."""
    every = _measured("perf_loadtest_max_units_per_second", "instance", _KERNEL)
    base = every.replace('instance=~"$instance"', 'instance="$baseline"')
    return Panel(
        title="Difference from $baseline",
        description=(
            "How much more (above 0) or less each machine does than the baseline. Good: above 0. "
            "Bad: below. Differences below the doubt of both runs say nothing: see the table."
        ),
        # A gauge's bars begin at the lowest value: the worst machine would have none.
        kind="barchart",
        unit="percentunit",
        queries=[Query(f"sort_desc({every} / scalar({base}) - 1)", at_end=True)],
        x_field="instance",
        transformations=bars_of("instance", "difference"),
        signed=True,
        legend="none",
        decimals=1,
        steps=[Step(None, "red"), Step(0, "green")],
        may_be_empty=True,
    )


def kernels() -> Panel:
    """Each kernel against the best of the picked machines."""
    every = _measured("perf_loadtest_max_units_per_second", "instance, kernel")
    return Panel(
        title="Profile over the kernels",
        description=(
            "Each kernel's figure as a share of the best of the picked machines: what a radar "
            "chart shows, as bars side by side, since Grafana has none and lengths compare better "
            "than areas. Good: long bars everywhere. Bad: one short bar: the machine is weak at "
            "that kind of work."
        ),
        kind="barchart",
        unit="percentunit",
        queries=[
            Query(f"{every} / on (kernel) group_left () max by (kernel) ({every})", at_end=True)
        ],
        height=10,
        minimum=0,
        maximum=1,
        x_field=r"kernel\instance",
        transformations=[matrix(column="instance", row="kernel", value="Value")],
        may_be_empty=True,
    )


def table() -> Panel:
    """The figures, to be downloaded as CSV."""
    top = (_KERNEL, 'busy="100"')
    queries = [
        _measured("perf_loadtest_max_units_per_second", "instance", _KERNEL),
        _measured("perf_loadtest_units_per_second_lower", "instance", *top),
        _measured("perf_loadtest_units_per_second_upper", "instance", *top),
        f"{_PRICE} and {_best()}",
        f"min by (instance) ({machines('perf_loadtest_valid', _KERNEL)}) and {_best()}",
    ]
    return Panel(
        title="Figures: ${per:text}",
        description=(
            "The figures behind the charts, best first, with the bounds of the 95 % interval. For "
            "CSV: the panel's menu, Inspect, Data, Download CSV. Good: intervals that do not "
            "overlap. Bad: a disturbed run, or a machine is missing: it has no price."
        ),
        kind="table",
        unit="short",
        queries=[Query(query, at_end=True) for query in queries],
        width=24,
        height=8,
        transformations=[merged(), *ranked_by("Value #A", descending=True), arranged(_COLUMNS)],
        styles=[
            machine_column(),
            Style("Price of an hour", (("unit", "currencyUSD"), ("decimals", 4))),
            Style("Run", (("custom.cellOptions", {"type": "color-text"}),), VALIDITY),
        ],
        may_be_empty=True,
    )


_COLUMNS = {
    "instance": "Machine",
    "Value #A": "Figure",
    "Value #B": "Lower bound",
    "Value #C": "Upper bound",
    "Value #D": "Price of an hour",
    "Value #E": "Run",
}
