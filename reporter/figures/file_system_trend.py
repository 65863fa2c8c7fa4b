"""Where the fill of a machine's file system leads: of the one that is full the soonest."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.rightsizing_queries import FILE_SYSTEM_USED
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Cell, Table


def draw(data: ReportData, machine: Machine) -> Chart | None:
    """Its trend, as far ahead as the range looks back; none when nothing fills up."""
    from reporter.charts import forecast

    found = data.sizing.soonest_full(machine)
    if found is None or found.trend is None:
        return None
    columns = (found.trend.ahead, found.trend.line, found.trend.lower, found.trend.upper)
    rows: list[tuple[Cell, ...]] = [
        (machine.name, found.name, *(float(value) for value in row))
        for row in zip(*columns, strict=True)
    ]
    place, label = data.places[machine.name], found.name
    return Chart(
        forecast.draw(found.trend, found.limit, place, label, data.language),
        Table(("machine", "mountpoint", "time", "trend", "lower", "upper"), rows),
    )


FIGURE = MachineFigure(
    name="file_system_trend",
    title="A file system that fills up",
    caption="How full it was, and where it leads: the line is the trend, and 95 % of means are"
    " expected in the band. Right of the dotted line is the forecast; dashed: full. It is the file"
    " system of this machine that may be full the soonest.",
    queries=(FILE_SYSTEM_USED,),
    draw=draw,
)
