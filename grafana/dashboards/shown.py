"""Which of the picked machines are drawn, where each has lines of its own.

A person may pick All of a thousand machines. Charts with a line for each would then ask for every
raw series that there is, and could not be read. Hence a hidden variable names a few of those that
are picked, and the panels of such a dashboard ask for these.
"""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards.variables import MOST, containers, machines
from grafana.dashboards.words import Annotation, Panel, Row, Variable

_NEED = machines("instance:node_need:ratio")
_BOOTED = machines("node_boot_time_seconds")
_TESTED = machines("perf_loadtest_timestamp_seconds")
_CONTAINERS_NEED = machines("instance:container_need:ratio")
_PICKED_CONTAINERS = containers("container_processes")


def _most(expression: str, description: str) -> Variable:
    return Variable(
        name="shown",
        label="Shown",
        description=description,
        query=f"topk({MOST}, {expression})",
        result_label="instance",
        all_value="",
        hidden=True,
    )


# Where no rule is evaluated no need is known, and some machines are as good as others.
IN_NEED = _most(
    f"max by (instance) (max_over_time({_NEED}[$__range]))"
    f" or 0 * max by (instance) (last_over_time({_BOOTED}[$__range]))",
    "Those that were nearest to a limit within the time range.",
)
TESTED_LAST = _most(
    f"max by (instance) (last_over_time({_TESTED}[$__range]))",
    "Those with the newest load tests.",
)
# Those that have none of the picked containers at the range's end come last.
CONTAINERS_IN_NEED = _most(
    f"max by (instance) (max_over_time({_CONTAINERS_NEED}[$__range]))"
    f" and on (instance) {_PICKED_CONTAINERS}"
    f" or 0 * max by (instance) ({_PICKED_CONTAINERS})"
    f" or 0 * max by (instance) (last_over_time({_BOOTED}[$__range])) - 1",
    "Those whose containers were nearest to a limit within the time range.",
)


def narrowed(machine: Variable, shown: Variable) -> list[Variable]:
    """The machines' variable, which says how many are drawn, and the one of those that are."""
    which = shown.description[0].lower() + shown.description[1:]
    of_many = f"{machine.description} Of more than {MOST}, charts show {which}"
    return [replace(machine, description=of_many), shown]


def of_shown(row: Row) -> Row:
    """The row, with panels that ask for the shown machines instead of all that are picked."""
    return Row(row.title, [_panel(panel) for panel in row.panels])


def marks_of_shown(marks: list[Annotation]) -> list[Annotation]:
    """Marks of the shown machines."""
    return [replace(mark, expression=_renamed(mark.expression)) for mark in marks]


def _panel(panel: Panel) -> Panel:
    return replace(
        panel,
        title=_renamed(panel.title),
        description=panel.description.replace("picked machines", "shown machines"),
        queries=[replace(query, expression=_renamed(query.expression)) for query in panel.queries],
        repeat="shown" if panel.repeat == "instance" else panel.repeat,
    )


def _renamed(text: str) -> str:
    return text.replace("$instance", "$shown")
