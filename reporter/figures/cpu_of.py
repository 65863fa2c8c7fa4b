"""CPU busy of one machine, with its anomalies shaded."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, points
from reporter.figures.time_scale import percent


def draw(data: ReportData, machine: Machine) -> Chart:
    """One line, with stretches that are far from what was usual."""
    from reporter.charts import time_lines

    times, values = data.line(CPU_BUSY, machine)
    marks = data.anomalies(machine)
    lines = [Line(machine.name, data.places[machine.name], times, values, marks)]
    return Chart(
        time_lines.draw(lines if len(times) else (), percent(data, "CPU busy"), data.language),
        Table(("machine", "time", "busy"), list(points(machine, times, values))),
    )


FIGURE = MachineFigure(
    name="cpu_of",
    title="CPU busy over time",
    caption="Shaded: far from what was usual just before and after (more than 6 standard deviations"
    " and 15 percentage points).",
    queries=(CPU_BUSY,),
    draw=draw,
)
