"""Where the CPU's busy share and the used share of memory lead."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Cell, Table

LIMIT = 0.9
CAPTION = (
    "Points are means of equal stretches of time; the line is their trend, and 95 % of such means"
    " are expected in the band. Right of the dotted line is the forecast; dashed: 90 %."
)


def draw(query: RangeQuery, data: ReportData, machine: Machine) -> Chart | None:
    """A ratio's trend, as far ahead as the range looks back."""
    from reporter.charts import forecast

    found = data.trend(query, machine)
    if found is None:
        return None
    place, label = data.places[machine.name], data.language.say(query.name)
    columns = zip(found.ahead, found.line, found.lower, found.upper, strict=True)
    rows: Sequence[Sequence[Cell]] = [
        (machine.name, *(float(value) for value in row)) for row in columns
    ]
    return Chart(
        forecast.draw(found, LIMIT, place, label, data.language),
        Table(("machine", "time", "trend", "lower", "upper"), rows),
    )


CPU_TREND = MachineFigure(
    name="cpu_trend",
    title="CPU busy: trend and forecast",
    caption=CAPTION,
    queries=(CPU_BUSY,),
    draw=partial(draw, CPU_BUSY),
)
MEMORY_TREND = MachineFigure(
    name="memory_trend",
    title="Memory used: trend and forecast",
    caption=CAPTION,
    queries=(MEMORY_USED,),
    draw=partial(draw, MEMORY_USED),
)
