"""Radar over the kernels of the load test."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import KERNEL_UNITS
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import foremost_only
from reporter.figures.table import Cell, Table


def draw(data: ReportData) -> Chart | None:
    """A polygon for each machine."""
    from reporter.charts import radar

    axes, values = data.kernel_shares
    if len(values) < 2:
        # One machine alone is the best on each axis.
        return None
    rows: list[tuple[Cell, ...]] = [
        (m.name, kernel, m.kernels.get(kernel), share)
        for m in data.machines
        if m.name in values
        for kernel, share in zip(axes, values[m.name], strict=True)
    ]
    shown = {m.name: values[m.name] for m in data.foremost if m.name in values}
    return Chart(
        radar.draw(axes, shown, data.places, data.language),
        Table(("machine", "kernel", "units_per_second", "share_of_best"), rows),
        notes=foremost_only(data, len(shown), len(values)),
    )


FIGURE = Figure(
    name="kernels",
    title="Kinds of work",
    caption="One axis for each kernel of the load test: units per second at full load as a share of"
    " the best machine here, which has 100 %. A wide shape is good at many kinds of work.",
    queries=(KERNEL_UNITS,),
    draw=draw,
)
