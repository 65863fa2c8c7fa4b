"""The busiest disks of one machine."""

from __future__ import annotations

from reporter.analysis.report_data import MOST_LINES, ReportData
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import DISK_BUSY
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.notes import MOST_IN_CSV, first_only
from reporter.figures.table import Table, rows_of
from reporter.figures.time_scale import percent

NAMED = "Share of time in which a disk had something to do; those that the settings name."


def draw(data: ReportData, machine: Machine) -> Chart:
    """Those that the settings name, else the four busiest."""
    from reporter.charts import time_lines

    named = data.config.devices.disks
    every = data.shown(DISK_BUSY, machine, named, MOST_IN_CSV)
    found = every[: MOST_LINES if named else 4]
    lines = [Line(s.labels["device"], i, s.times, s.values) for i, s in enumerate(found)]
    return Chart(
        time_lines.draw(lines, percent(data, "time busy"), data.language),
        Table(("machine", "device", "time", "busy"), rows_of(machine, every, "device")),
        caption=NAMED if named else "",
        notes=first_only(data, len(found), len(every)),
    )


FIGURE = MachineFigure(
    name="disks",
    title="Disks",
    caption="Share of time in which a disk had something to do; the four busiest.",
    queries=(DISK_BUSY,),
    draw=draw,
)
