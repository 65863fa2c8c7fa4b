"""How busy each CPU of one machine was."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.asking.usage_queries import busy
from reporter.charts.columns import MOST_COLUMNS, width_of_column
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, rows_of

CPU_BY_CORE = RangeQuery("CPU by core", busy("instance, cpu"), "ratio", order=12)


def draw(data: ReportData, machine: Machine) -> Chart:
    """A row for each CPU; a column is one point, or the mean of several."""
    from reporter.charts import core_heat_map

    found, answers = data.series(CPU_BY_CORE, machine), data.answers
    width = width_of_column(answers.start, answers.end, answers.step, MOST_COLUMNS)
    notes = [data.language.say("A column is {time}.", time=data.language.seconds(width))]
    return Chart(
        core_heat_map.draw(found, answers.start, answers.end, answers.step, data.language),
        Table(("machine", "cpu", "time", "busy"), rows_of(machine, found, "cpu")),
        notes=tuple(notes),
    )


FIGURE = MachineFigure(
    name="cores",
    title="Each CPU over time",
    caption="A row for each CPU; the darker, the busier; grey: unknown. One dark row beside light"
    " ones is work that does not spread.",
    queries=(CPU_BY_CORE,),
    draw=draw,
)
