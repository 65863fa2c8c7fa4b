"""How busy each CPU of one machine was."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.asking.usage_queries import busy
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, rows_of

CPU_BY_CORE = RangeQuery("CPU by core", busy("instance, cpu"), "ratio", order=12)


def draw(data: ReportData, machine: Machine) -> Chart:
    """A row for each CPU."""
    from reporter.charts import core_heat_map

    found, answers = data.series(CPU_BY_CORE, machine), data.answers
    return Chart(
        core_heat_map.draw(found, answers.start, answers.end, answers.step, data.language),
        Table(("machine", "cpu", "time", "busy"), rows_of(machine, found, "cpu")),
    )


FIGURE = MachineFigure(
    name="cores",
    title="Each CPU over time",
    caption="A row for each CPU; the darker, the busier. One dark row beside light ones is work"
    " that does not spread.",
    queries=(CPU_BY_CORE,),
    draw=draw,
)
