"""Received and sent bytes of one machine, by interface."""

from __future__ import annotations

from reporter.analysis.report_data import MOST_LINES, ReportData
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import DEFAULT_ROUTE, NETWORK_BYTES
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.throughput import draw_bytes

NAMED = "Received and sent, by interface; those that the settings name."
ROUTED = (
    "Received and sent, by interface: that of the default route, then the busiest; virtual"
    " interfaces are left out."
)


def draw(data: ReportData, machine: Machine) -> Chart:
    """Those that the settings name, else the default route's interface and the busiest others."""
    named, first = data.config.devices.interfaces, data.interfaces(machine)
    caption = NAMED if named else ROUTED if first else ""
    return draw_bytes(data, NETWORK_BYTES, machine, first, MOST_LINES if named else 4, caption)


FIGURE = MachineFigure(
    name="network",
    title="Network throughput",
    caption="Received and sent, by interface, the busiest; virtual interfaces are left out.",
    queries=(NETWORK_BYTES,),
    also=(DEFAULT_ROUTE,),
    draw=draw,
)
