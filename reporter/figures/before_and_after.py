"""CPU busy of one machine in both ranges, one over the other."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, points
from reporter.figures.time_scale import percent


def draw(data: ReportData, machine: Machine) -> Chart | None:
    """The earlier range is moved onto the later one."""
    from reporter.charts import time_lines

    times, values = data.line(CPU_BUSY, machine)
    earlier = data.line_before(CPU_BUSY, machine)
    if data.before is None or earlier is None or not len(times):
        return None
    shift = data.answers.start - data.before.start
    say = data.language.say
    lines = [
        Line(say("before"), 6, earlier[0] + shift, earlier[1]),
        Line(say("after"), 0, times, values),
    ]
    rows = [
        *points(machine, *earlier, "before"),
        *points(machine, times, values, "after"),
    ]
    return Chart(
        time_lines.draw(lines, percent(data, "CPU busy"), data.language),
        Table(("machine", "range", "time", "busy"), rows),
    )


FIGURE = MachineFigure(
    name="before_and_after",
    title="CPU busy before and after",
    caption="The earlier range is moved onto the later one; the axis has the later one's times.",
    queries=(CPU_BUSY,),
    draw=draw,
)
