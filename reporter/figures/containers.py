"""CPUs that the busiest containers of one machine used."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CONTAINER_CPUS
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, rows_of
from reporter.figures.time_scale import scale


def draw(data: ReportData, machine: Machine) -> Chart:
    """A line for each of the six busiest."""
    from reporter.charts import time_lines

    found = data.busiest(CONTAINER_CPUS, machine, 6)
    lines = [
        Line(s.labels.get("name") or s.labels.get("id", ""), i, s.times, s.values)
        for i, s in enumerate(found)
    ]
    axes = scale(data, "CPUs", data.language.number)
    return Chart(
        time_lines.draw(lines, axes, data.language),
        Table(("machine", "name", "id", "time", "cpus"), rows_of(machine, found, "name", "id")),
        notes=_not_shown(data, len(found), len(data.series(CONTAINER_CPUS, machine))),
    )


def _not_shown(data: ReportData, shown: int, count: int) -> tuple[str, ...]:
    """How many there are, where they are more; the template ``container`` lists them all."""
    if shown >= count:
        return ()
    number, say = data.language.number, data.language.say
    return (say("{shown} of {count} are shown.", shown=number(shown), count=number(count)),)


FIGURE = MachineFigure(
    name="containers",
    title="Containers: CPUs in use",
    caption="The six that used most CPU time; 1 is one CPU in full.",
    queries=(CONTAINER_CPUS,),
    draw=draw,
)
