"""What the kernel of one machine does to find free pages."""

from __future__ import annotations

import numpy as np

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery, told_apart
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, rows_of
from reporter.figures.time_scale import scale

_EVENTS = {
    "major faults": "node_vmstat_pgmajfault",
    "pages swapped in": "node_vmstat_pswpin",
    "pages swapped out": "node_vmstat_pswpout",
    "pages scanned by kswapd": "node_vmstat_pgscan_kswapd",
    "pages scanned directly": "node_vmstat_pgscan_direct",
}
PAGING = RangeQuery(
    "Paging",
    told_apart(
        {
            event: f"sum by (instance) (rate({metric}" + "{$machines}[$window]))"
            for event, metric in _EVENTS.items()
        },
        "event",
    ),
    "events/s",
    optional=True,
    order=22,
)


def draw(data: ReportData, machine: Machine) -> Chart:
    """A line for each event that there was."""
    from reporter.charts import time_lines

    found = [s for s in data.series(PAGING, machine) if np.nanmax(s.values) > 0]
    lines = [
        Line(data.language.say(s.labels["event"]), i, s.times, s.values)
        for i, s in enumerate(found)
    ]
    axes = scale(data, "per second", data.language.number)
    return Chart(
        time_lines.draw(lines, axes, data.language),
        Table(("machine", "event", "time", "per_second"), rows_of(machine, found, "event")),
    )


FIGURE = MachineFigure(
    name="paging",
    title="Paging",
    caption="Events of the kernel's memory management. Direct scans and swapping mean that programs"
    " waited for memory; what stayed at 0 is left out.",
    queries=(PAGING,),
    draw=draw,
)
