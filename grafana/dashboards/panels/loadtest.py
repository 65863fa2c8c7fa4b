"""The load test: how much work a machine does at each busy level, and whether to believe it.

The levels are the label ``busy`` (10 to 100) of gauges. Text sorts 100 before 20, so each chart
over levels makes numbers of them first, and then has them on its x axis.
"""

from __future__ import annotations

from grafana.dashboards.transformations import (
    arranged,
    as_number,
    axis_of,
    calculated,
    joined,
    matrix,
    merged,
    sorted_by,
)
from grafana.dashboards.variables import of_kernel
from grafana.dashboards.words import Panel, Query, Style, Transformation, ValueText

_UNITS = "count:units/s"


def curve() -> Panel:
    """Units per second by busy level, with the confidence band; one panel a machine."""

    def by_level(metric: str) -> Query:
        return Query(f"max by (busy) ({of_kernel(metric)})", at_end=True)

    names = {
        LEVEL: LEVEL,
        "Value #A": "measured",
        "Value #B": "lower bound",
        "Value #C": "upper bound",
    }
    edge = ("custom.lineWidth", 0), ("custom.showPoints", "never"), ("color", _BAND)
    return Panel(
        title="Work by busy level: $instance",
        description=(
            "Work units per second at each busy level of the newest load test, with the 95 % "
            "confidence interval as a band; the levels asked for, in per cent, are on the x axis. "
            "Good: a straight line up to 100 %, and a narrow band. Bad: a line that bends down "
            "(CPUs share cores, or clocks drop under load), or a wide band (the machine was "
            "disturbed)."
        ),
        kind="trend",
        unit=_UNITS,
        queries=[
            by_level("perf_loadtest_units_per_second"),
            by_level("perf_loadtest_units_per_second_lower"),
            by_level("perf_loadtest_units_per_second_upper"),
        ],
        height=10,
        minimum=0,
        repeat="instance",
        x_field=LEVEL,
        transformations=[
            *joined("busy"),
            as_number("busy"),
            sorted_by("busy"),
            axis_of("busy", LEVEL),
            arranged(names, ("busy",)),
        ],
        styles=[
            Style("lower bound", (*edge, ("custom.hideFrom", _NOT_IN_LEGEND))),
            Style("upper bound", (*edge, ("custom.fillBelowTo", "lower bound"), _FILL)),
        ],
        may_be_empty=True,
    )


_BAND = {"mode": "fixed", "fixedColor": "blue"}
_FILL = ("custom.fillOpacity", 25)
_NOT_IN_LEGEND = {"legend": True, "tooltip": False, "viz": False}


def one_line_a_machine(*more: Transformation, label: str = "busy") -> list[Transformation]:
    """Levels as numbers on the x axis, a column for each machine, and ``more`` made of those.

    Args:
        more: further transformations.
        label: of the levels.
    """
    row, axis = rf"{label}\instance", AXES[label]
    return [
        as_number(label),
        sorted_by(label),
        matrix(column="instance", row=label, value="Value"),
        as_number(row),
        *more,
        axis_of(row, axis),
        arranged({axis: axis}, (row,)),
    ]


LEVEL = "level"  # the field of the levels, on the x axis
WORKERS = "number of workers"  # the same of the ladder
AXES = {"busy": LEVEL, "workers": WORKERS}
_ROW = r"busy\instance"


def ladder() -> Panel:
    """Units per second at full load by the number of workers, one line a machine."""
    metric = of_kernel("perf_loadtest_ladder_units_per_second")
    return Panel(
        title="Work by number of workers",
        description=(
            "Work units per second of 1, 2, 4 ... workers at full load (x axis), one line a "
            "machine: first one on each core, then further threads of the cores. Good: a straight "
            "line up to all CPUs. Bad: a line that bends before all cores are at work (they share "
            "memory, caches or the clock); above that number it bends where threads share cores."
        ),
        kind="trend",
        unit=_UNITS,
        queries=[Query(f"max by (instance, workers) ({metric})", at_end=True)],
        height=10,
        width=24,
        minimum=0,
        x_field=WORKERS,
        transformations=one_line_a_machine(label="workers"),
        may_be_empty=True,
    )


def comparison() -> Panel:
    """Units per second by busy level, one line a machine."""
    metric = of_kernel("perf_loadtest_units_per_second")
    return Panel(
        title="Work by busy level, machines compared",
        description=(
            "Work units per second at each busy level, one line a machine; the levels asked for, "
            "in per cent, are on the x axis. Good: the higher line, when the price is the same. "
            "Bad: a line that bends down early. Lines that cross say that the better machine "
            "depends on how busy it will be."
        ),
        kind="trend",
        unit=_UNITS,
        queries=[Query(f"max by (instance, busy) ({metric})", at_end=True)],
        height=10,
        minimum=0,
        x_field=LEVEL,
        transformations=one_line_a_machine(),
        may_be_empty=True,
    )


def reached() -> Panel:
    """Busy ratio reached against the busy level asked for."""
    metric = of_kernel("perf_loadtest_busy_ratio")
    return Panel(
        title="Busy reached and asked",
        description=(
            "Busy share that the kernel counted at each level asked for (x axis, per cent); the "
            "dashed line is what was asked. Good: all lines lie on it. Bad: a line above it (other "
            "work ran meanwhile) or below it (the machine did not get its CPUs)."
        ),
        kind="trend",
        unit="percentunit",
        queries=[Query(f"max by (instance, busy) ({metric})", at_end=True)],
        height=10,
        minimum=0,
        x_field=LEVEL,
        transformations=one_line_a_machine(calculated("asked", _ROW, "/", "100")),
        styles=[
            Style(
                "asked",
                (
                    ("custom.lineStyle", {"fill": "dash", "dash": [8, 8]}),
                    ("custom.showPoints", "never"),
                    ("color", {"mode": "fixed", "fixedColor": "text"}),
                ),
            )
        ],
        may_be_empty=True,
    )


def maximum() -> Panel:
    """Units per second at 100 % busy, one bar a machine."""
    metric = of_kernel("perf_loadtest_max_units_per_second")
    sustained = of_kernel("perf_loadtest_sustained_units_per_second")
    return Panel(
        title="Most work",
        description=(
            "Work units per second with all CPUs 100 % busy: in the load test's short levels, and "
            "where the rate stays after minutes (loadtest run --sustained). Good: more, and both "
            "alike. Bad: less for the same money, or much less after minutes (clocks fall, credit "
            "is spent). Compare machines only where the table of results says that both runs are "
            "valid, and by their intervals."
        ),
        kind="bargauge",
        unit=_UNITS,
        queries=[
            Query(f"max by (instance) ({metric})", "{{instance}}", at_end=True),
            Query(f"max by (instance) ({sustained})", "{{instance}} for minutes", at_end=True),
        ],
        minimum=0,
        may_be_empty=True,
    )


def results() -> Panel:
    """One line for each machine: its newest result, how sure it is, and whether to believe it."""
    top = 'busy="100"'
    metrics = (
        of_kernel("perf_loadtest_units_per_second", top),
        of_kernel("perf_loadtest_units_per_second_lower", top),
        of_kernel("perf_loadtest_units_per_second_upper", top),
        of_kernel("perf_loadtest_single_units_per_second"),
        of_kernel("perf_loadtest_steal_ratio"),
        of_kernel("perf_loadtest_duration_seconds"),
        of_kernel("perf_loadtest_valid"),
    )
    ended = of_kernel("perf_loadtest_timestamp_seconds")
    queries = [Query(f"max by (instance) ({metric})", at_end=True) for metric in metrics]
    queries.append(Query(f"time() - max by (instance) ({ended})", at_end=True))
    return Panel(
        title="Newest result of each machine",
        description=(
            "Units per second at 100 % busy with the bounds of the 95 % interval, of one worker "
            "alone, the most stolen time of any level, and whether nothing spoiled the run. Good: "
            "valid, a narrow interval, no steal, not older than the machine's last change. Bad: "
            "disturbed: the numbers say too little; run it again."
        ),
        kind="table",
        unit="none",
        queries=queries,
        width=24,
        height=6,
        transformations=[merged(), sorted_by("instance"), arranged(_RESULT)],
        styles=[
            *(Style(_RESULT[f"Value #{letter}"], (("unit", _UNITS),)) for letter in "ABCD"),
            Style("Stolen", (("unit", "percentunit"), ("decimals", 2))),
            Style("Took", (("unit", "s"), ("decimals", 1))),
            Style("Age", (("unit", "s"), ("decimals", 1))),
            Style("Run", (("custom.cellOptions", {"type": "color-text"}),), VALIDITY),
        ],
        may_be_empty=True,
    )


_RESULT = {
    "instance": "Machine",
    "Value #A": "Most work",
    "Value #B": "Lower bound",
    "Value #C": "Upper bound",
    "Value #D": "One worker",
    "Value #E": "Stolen",
    "Value #F": "Took",
    "Value #G": "Run",
    "Value #H": "Age",
}


def validity() -> Panel:
    """Whether nothing spoiled the newest run."""
    # What pushes a result sends its own alone.
    newest = f"{of_kernel('perf_loadtest_newest_valid')} or {of_kernel('perf_loadtest_valid')}"
    return Panel(
        title="Run valid",
        description=(
            "Whether nothing spoiled the newest run of the load test. Good: valid. Bad: disturbed: "
            "steal, throttling or other load came between; the result document names the reasons, "
            "and the last valid run's figures are shown, where there is one."
        ),
        kind="stat",
        unit="none",
        queries=[Query(f"min by (instance) ({newest})", "{{instance}}", at_end=True)],
        width=6,
        values=VALIDITY,
        may_be_empty=True,
    )


VALIDITY = (ValueText(1, "valid", "green"), ValueText(0, "disturbed", "red"))


def progress() -> Panel:
    """How much of a run in progress is done."""
    metric = of_kernel("perf_loadtest_progress_ratio")
    return Panel(
        title="Run in progress",
        description=(
            "How much of the load test that runs just now is done. Good: it moves, and ends within "
            "seconds. Bad: it stands still. While it runs, everything else on this dashboard "
            "shows the load test's work."
        ),
        kind="stat",
        unit="percentunit",
        queries=[Query(f"max by (instance) ({metric})", "{{instance}}", at_end=True)],
        width=6,
        minimum=0,
        maximum=1,
        no_value="none",
        may_be_empty=True,
    )
