"""CPU busy over time, a line a machine."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.usage_queries import CPU_BUSY
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import foremost_only
from reporter.figures.table import Table, points
from reporter.figures.time_scale import percent


def draw(data: ReportData) -> Chart:
    """The foremost machines that have CPU time; the table has all."""
    from reporter.charts import time_lines

    having = [m for m in data.machines if len(data.line(CPU_BUSY, m)[0])]
    shown = [m for m in data.foremost if m in having]
    lines = [Line(m.name, data.places[m.name], *data.line(CPU_BUSY, m)) for m in shown]
    rows = [row for m in having for row in points(m, *data.line(CPU_BUSY, m))]
    return Chart(
        time_lines.draw(lines, percent(data, "CPU busy"), data.language),
        Table(("machine", "time", "busy"), rows),
        notes=foremost_only(data, len(shown), len(having)),
    )


FIGURE = Figure(
    name="cpu",
    title="CPU busy over time",
    caption="All CPU time but idle, iowait and steal, as a share of all CPU time of the machine. A"
    " gap is time without data.",
    queries=(CPU_BUSY,),
    draw=draw,
)
