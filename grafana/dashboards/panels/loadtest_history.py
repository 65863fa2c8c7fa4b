"""All load tests over time."""

from __future__ import annotations

from grafana.dashboards.links import SERIES_TO_LOADTEST
from grafana.dashboards.panels.shapes import figure
from grafana.dashboards.transformations import arranged, merged, sorted_by
from grafana.dashboards.variables import MOST, PROVIDER
from grafana.dashboards.words import Panel, Query, Step, Style

_PICKED = 'job=~"$job",instance=~"$instance",kernel=~"$kernel"'
_PROVIDERS = 'last_over_time(perf_machine_info{job=~"$job",provider=~"$provider"}[$__range])'
_OF_PROVIDER = f'and on (job, instance) perf_machine_info{{provider=~"${PROVIDER.name}"}}'

_ROWS = 12  # bars that fit


def _tests(metric: str, *more: str) -> str:
    return f"({metric}{{{','.join((_PICKED, *more))}}} {_OF_PROVIDER})"


def _ever(metric: str) -> str:
    """The newest sample of each series within the range, of the picked providers."""
    return f"(last_over_time({metric}{{{_PICKED}}}[$__range]) and on (job, instance) {_PROVIDERS})"


def _counted(title: str, description: str, what: str, by: str, tests: str) -> Panel:
    """How many different values of a label there were within the time range."""
    return figure(
        title=title,
        description=description,
        query=Query(f"count(count by ({by}) ({tests}))", what, at_end=True),
        width=6,
        no_value="none",
        may_be_empty=True,
    )


def count() -> Panel:
    """How many tests there were."""
    return _counted(
        "Load tests",
        "Runs whose results were seen within the time range. Good: regular. Bad: 0: nothing "
        "was measured, or the range is too short.",
        "tests",
        "job, instance, test_id",
        _ever("perf_loadtest_info"),
    )


def machines_tested() -> Panel:
    """How many machines were measured."""
    return _counted(
        "Machines measured",
        "Machines with at least one run within the time range. Good: all that you decide "
        "about. Bad: one: the spread between machines of one type is then unknown.",
        "machines",
        "instance",
        _ever("perf_loadtest_info"),
    )


def providers() -> Panel:
    """How many providers were measured."""
    return _counted(
        "Providers measured",
        "Providers of the machines that were measured within the time range. Good: all that "
        "you choose between. Bad: one, when you choose between several.",
        "providers",
        "provider",
        f"{_PROVIDERS} and on (job, instance) {_ever('perf_loadtest_info')}",
    )


def invalid() -> Panel:
    """How many of the newest runs are not valid."""
    runs = f"({_tests('perf_loadtest_newest_valid')} or {_tests('perf_loadtest_valid')})"
    return figure(
        title="Disturbed",
        description=(
            "Newest runs, of each machine and kernel, that were disturbed. Good: 0. Bad: most: "
            "the machines are never quiet; measure at another hour."
        ),
        query=Query(f"count({runs} == 0) or vector(0)", "disturbed", at_end=True),
        width=6,
        steps=[Step(None, "green"), Step(1, "orange")],
    )


def course() -> Panel:
    """The most work of the machines over time, one panel a kernel."""
    work = _tests("perf_loadtest_max_units_per_second").replace('=~"$kernel"', '="$kernel"')
    each = f"max by (instance) ({work})"
    whole = f"({each})[$__range:$__rate_interval] @ end()"
    changed = f"max_over_time({whole}) / (min_over_time({whole}) > 0)"
    expression = f"{each} and on (instance) topk({MOST}, {changed})"
    return Panel(
        title="Most work over time: $kernel",
        description=(
            f"Units per second at 100 % busy, of the {MOST} machines whose results changed most: "
            "each run's result stands until the next one. Good: a level line. Bad: a step down "
            "that stays: a regression (marked, with an alert)."
        ),
        kind="timeseries",
        unit="count:units/s",
        queries=[Query(expression, "{{instance}}")],
        height=9,
        minimum=0,
        repeat="kernel",
        links=[SERIES_TO_LOADTEST],
        may_be_empty=True,
    )


def against_usual() -> Panel:
    """The newest result against the middle of the range."""
    newest = f"max by (instance, kernel) ({_tests('perf_loadtest_max_units_per_second')})"
    middle = (
        "max by (instance, kernel) (quantile_over_time(0.5,"
        f" perf_loadtest_max_units_per_second{{{_PICKED}}}[$__range]))"
    )
    return Panel(
        title="Newest run against the usual",
        description=(
            "The newest run's most work, less the median over the time range, as a share of it; "
            f"the {_ROWS} that fell most. Good: within the doubt of a run, some per cent. Bad: far "
            "below 0."
        ),
        # A gauge's bars begin at the lowest value: the run that fell most would have none.
        kind="barchart",
        unit="percentunit",
        queries=[
            Query(
                f'label_join(sort(bottomk({_ROWS}, {newest} / ({middle} > 0) - 1)), "run", " ",'
                ' "instance", "kernel")',
                at_end=True,
            )
        ],
        x_field="run",
        transformations=[arranged(_RUNS, ("Time", "instance", "kernel"))],
        signed=True,
        legend="none",
        decimals=1,
        steps=[Step(None, "red"), Step(-0.05, "green")],
        may_be_empty=True,
    )


_RUNS = {"run": "run", "Value": "change"}


def by_provider() -> Panel:
    """How many runs each provider had."""
    each = f"count by (job, instance, test_id) ({_ever('perf_loadtest_info')})"
    who = f"max by (job, instance, provider) ({_PROVIDERS})"
    joined = f"count by (job, instance) ({each}) * on (job, instance) group_left (provider) {who}"
    return Panel(
        title="Load tests by provider",
        description=(
            "Runs within the time range by who runs the machine. Good: enough of each that its "
            "spread is known, five or more. Bad: one run for a provider."
        ),
        kind="bargauge",
        unit="short",
        queries=[Query(f"sum by (provider) ({joined})", "{{provider}}", at_end=True)],
        minimum=0,
        may_be_empty=True,
    )


def table() -> Panel:
    """Every test that was seen within the range."""
    labels = "instance, kernel, kernel_version, profile, test_id"
    by = "job, instance, kernel"
    ended = (
        f"perf_loadtest_info{{{_PICKED}}} * on ({by}) group_left ()"
        f" max by ({by}) (perf_loadtest_timestamp_seconds{{{_PICKED}}})"
    )
    # Where a series' end is not marked, a run outlives the next one's begin for some minutes: the
    # earliest time is its own.
    own = f"min_over_time(({ended})[$__range:$__rate_interval])"
    own = f"{own} and on (job, instance) {_PROVIDERS}"
    return Panel(
        title="All load tests",
        description=(
            "Every run whose results were seen within the time range, the newest first. Good: one "
            "kernel version and profile for what you compare. Bad: several: they do not compare."
        ),
        kind="table",
        unit="none",
        queries=[Query(f"max by ({labels}) ({own}) * 1000", at_end=True)],
        width=24,
        height=10,
        transformations=[
            merged(),
            sorted_by("Value", descending=True),
            arranged(_COLUMNS, ("Time",)),
        ],
        styles=[Style("Ended", (("unit", "dateTimeAsIso"),))],
        may_be_empty=True,
    )


_COLUMNS = {
    "instance": "Machine",
    "kernel": "Kernel",
    "kernel_version": "Kernel version",
    "profile": "Profile",
    "test_id": "Test",
    "Value": "Ended",
}
