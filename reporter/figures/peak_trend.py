"""Where the daily peaks of a machine's CPUs lead."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Cell, Table
from workload.prediction.findings import MachineResource


def draw(data: ReportData, machine: Machine) -> Chart | None:
    """The peaks' trend, as far ahead as the range looks back; none of fewer than eight days."""
    from reporter.charts import forecast

    own = (one for one in data.sizing.forecasts if one.machine is machine)
    found = next((one for one in own if one.resource is MachineResource.CPU), None)
    if found is None or found.trend is None:
        return None
    columns = (found.trend.ahead, found.trend.line, found.trend.lower, found.trend.upper)
    rows: list[tuple[Cell, ...]] = [
        (machine.name, *(float(value) for value in row)) for row in zip(*columns, strict=True)
    ]
    label = data.language.say("CPU busy, daily peak")
    return Chart(
        forecast.draw(found.trend, found.limit, data.places[machine.name], label, data.language),
        Table(("machine", "time", "trend", "lower", "upper"), rows),
    )


FIGURE = MachineFigure(
    name="peak_trend",
    title="Daily peaks of CPU: trend and forecast",
    caption="Points are the greatest mean of each day (UTC); the line is their trend, and 95 % of"
    " such peaks are expected in the band. Right of the dotted line is the forecast; dashed: where"
    " the headroom begins.",
    queries=(CPU_BUSY,),
    draw=draw,
)
