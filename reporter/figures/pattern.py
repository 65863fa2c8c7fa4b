"""Mean CPU busy of one machine by weekday and hour."""

from __future__ import annotations

import numpy as np

from reporter.analysis.report_data import ReportData
from reporter.analysis.utilisation import DAYS
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table


def draw(data: ReportData, machine: Machine) -> Chart:
    """Hours across, weekdays down."""
    from reporter.charts import week as week_chart

    cells = data.week(machine)
    rows = [
        (machine.name, DAYS[day], hour, float(value) if np.isfinite(value) else None)
        for (day, hour), value in np.ndenumerate(cells)
    ]
    return Chart(
        week_chart.draw(cells, data.language), Table(("machine", "weekday", "hour", "busy"), rows)
    )


FIGURE = MachineFigure(
    name="pattern",
    title="Pattern of the day and the week",
    caption="Mean CPU busy in percent, by weekday and hour in the report's time zone; grey:"
    " unknown. Days without data are left out.",
    queries=(CPU_BUSY,),
    draw=draw,
)
