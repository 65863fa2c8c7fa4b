"""Radar over utilisation."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.analysis.use import use_shares
from reporter.asking.usage_queries import (
    CPU_BUSY,
    DEFAULT_ROUTE,
    DISK_BUSY,
    LINK_SPEED,
    MEMORY_USED,
    NETWORK_BYTES,
)
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import foremost_only
from reporter.figures.table import Cell, Table

AXES = ("CPU", "memory", "busiest disk", "network")


def draw(data: ReportData) -> Chart:
    """A polygon for each machine."""
    from reporter.charts import radar

    found = use_shares(data)
    rows: list[tuple[Cell, ...]] = [
        (name, axis, share)
        for name, shares in found.items()
        for axis, share in zip(AXES, shares, strict=True)
    ]
    shown = {m.name: found[m.name] for m in data.foremost if m.name in found}
    return Chart(
        radar.draw(AXES, shown, data.places, data.language),
        Table(("machine", "resource", "p95"), rows),
        notes=foremost_only(data, len(shown), len(found)),
    )


FIGURE = Figure(
    name="use",
    title="Use of the resources",
    caption="The 95th percentile over the range, as a share of all there is: CPU time, memory, time"
    " of the busiest disk, and the link's speed for the network. An open line: unknown.",
    queries=(CPU_BUSY, MEMORY_USED, DISK_BUSY, NETWORK_BYTES, LINK_SPEED),
    also=(DEFAULT_ROUTE,),
    draw=draw,
)
