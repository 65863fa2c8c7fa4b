"""Read and written bytes of one machine's busiest disks."""

from __future__ import annotations

from reporter.analysis.report_data import MOST_LINES, ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery, told_apart
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.throughput import draw_bytes

_BYTES = (
    "sum by (instance, device) (rate(node_disk_DIRECTION_bytes_total{$machines,$disks}[$window]))"
)
DISK_BYTES = RangeQuery(
    "Disk bytes",
    told_apart({one: _BYTES.replace("DIRECTION", one) for one in ("read", "written")}, "direction"),
    "bytes/s",
    order=31,
)
NAMED = "Read and written, of the disks that the settings name."


def draw(data: ReportData, machine: Machine) -> Chart:
    """Those that the settings name, else the busiest."""
    named = data.config.devices.disks
    if named:
        return draw_bytes(data, DISK_BYTES, machine, named, MOST_LINES, NAMED)
    return draw_bytes(data, DISK_BYTES, machine, named, 4)


FIGURE = MachineFigure(
    name="disk_bytes",
    title="Disk throughput",
    caption="Read and written, the busiest.",
    queries=(DISK_BYTES,),
    draw=draw,
)
