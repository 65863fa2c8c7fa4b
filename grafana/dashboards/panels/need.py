"""Who needs somebody most: the machines that are nearest to a limit."""

from __future__ import annotations

from grafana.dashboards.links import machine_column
from grafana.dashboards.thresholds import (
    CPU_PRESSURE_WAITING,
    IN_NEED,
    MEMORY_PRESSURE_WAITING,
    NEAR,
    NEED_COLUMNS,
    STEAL_HIGH_STOLEN,
)
from grafana.dashboards.transformations import (
    arranged,
    joined,
    ranked_by,
    trend_of,
)
from grafana.dashboards.variables import fleet
from grafana.dashboards.words import Panel, Query, Step, Style


def by_need() -> Panel:
    """The machines that need somebody most, with the course of their CPU."""
    return Panel(
        title="Machines by need",
        description=(
            "The 50 machines that are nearest to a limit, the nearest first. Need is the highest "
            "of: CPU busy, memory and file systems used, disk queue, connection table, pressure "
            "and steal, each against the point at which its alert is near (100 %); the line is the "
            f"course of the busy CPU share. Good: none above {NEAR}, and room at the peaks. Bad: "
            "red, or a flat top: click the machine."
        ),
        kind="table",
        unit="percentunit",
        queries=_queries(),
        width=24,
        height=12,
        decimals=0,
        minimum=0,
        maximum=1,
        steps=_STEPS,
        transformations=[
            trend_of(_COURSE),
            *joined("instance"),
            # A machine that is gone has a course, and no need.
            *ranked_by("Value #A", descending=True),
            arranged(_NAMES),
        ],
        styles=[
            machine_column(),
            Style("Need", _GAUGE),
            Style(_NAMES[f"Trend #{_COURSE}"], _LINE),
            *(
                Style(column.title, (*_COLOURED, *_judged(column.metric)))
                for column in NEED_COLUMNS
            ),
        ],
    )


def _queries() -> list[Query]:
    """Need, then each resource of the machines that are in need at the end, then the course."""
    worst = f"topk(50, {fleet('instance:node_need:ratio')})"
    # Those that are in need are held to the filters already.
    columns = [
        worst,
        *(
            f'{column.metric}{{job=~"$job"}} and on (job, instance) {worst}'
            for column in NEED_COLUMNS
        ),
    ]
    return [
        *(Query(f"max by (instance) ({column})", at_end=True) for column in columns),
        _course(),
    ]


def _course() -> Query:
    """The course of the busy CPU share of the machines that are in need at the end."""
    need = f"last_over_time(({fleet('instance:node_need:ratio')})[5m:1m] @ end())"
    worst = f"topk(50, max by (instance) ({need}))"
    busy = 'instance:node_cpu_busy:ratio_rate5m{job=~"$job"}'
    return Query(f"max by (instance) ({busy} and on (instance) {worst})")


def _judged(metric: str) -> tuple[tuple[str, object], ...]:
    """From where on a figure is orange, and red: as near to its own limit as a need is to 100 %."""
    limit = _LIMITS.get(metric)
    if limit is None:
        return ()
    steps = [
        {"color": step.colour, "value": step.value and round(step.value * limit, 6)}
        for step in _STEPS
    ]
    return (("thresholds", {"mode": "absolute", "steps": steps}),)


# Figures that are near their limit far below 100 %.
_LIMITS = {
    "instance:node_pressure_cpu_waiting:ratio_rate5m": CPU_PRESSURE_WAITING.value,
    "instance:node_pressure_memory_waiting:ratio_rate5m": MEMORY_PRESSURE_WAITING.value,
    "instance:node_cpu_steal:ratio_rate5m": STEAL_HIGH_STOLEN.value,
}
_STEPS = [Step(None, "green"), Step(NEAR.value, "orange"), Step(IN_NEED.value, "red")]
_GAUGE = (("custom.cellOptions", {"type": "gauge", "mode": "lcd"}), ("custom.width", 180))
_LINE = (("custom.cellOptions", {"type": "sparkline"}), ("custom.width", 220))
_COLOURED = (("custom.cellOptions", {"type": "color-text"}),)
# The letters of the queries: A is the need itself, then a letter a column, then that of the course.
_LETTERS = [chr(ord("B") + i) for i in range(len(NEED_COLUMNS))]
_COURSE = chr(ord("B") + len(NEED_COLUMNS))
_COLUMNS = {
    f"Value #{letter}": column.title for letter, column in zip(_LETTERS, NEED_COLUMNS, strict=True)
}
_NAMES = {
    "instance": "Machine",
    "Value #A": "Need",
    f"Trend #{_COURSE}": "Course of CPU busy",
    **_COLUMNS,
}
