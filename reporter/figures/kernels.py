"""Radar over the kernels of the load test."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.analysis.wording import names
from reporter.asking.machine_queries import KERNEL_RUNS, KERNEL_UNITS
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import foremost_only, said
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
        notes=(*foremost_only(data, len(shown), len(values)), *said(_left_out(data))),
    )


def _left_out(data: ReportData) -> str:
    """Which rates are of another version or profile than most machines have; empty: none."""
    axes, values = data.kernel_shares
    found = [
        f"{m.name} {kernel}"
        for m in data.machines
        if m.name in values
        for kernel, share in zip(axes, values[m.name], strict=True)
        if share is None and kernel in m.kernels
    ]
    if not found:
        return ""
    return data.language.say(
        "Left out, for their load tests had other conditions: {names}.",
        names=names(found, 6, data.language),
    )


FIGURE = Figure(
    name="kernels",
    title="Kernels of the load test",
    caption="One axis for each kernel of the load test: units per second at full load as a share of"
    " the best machine here, which has 100 %. A wide shape is good at many kernels; what real work"
    " needs is another question.",
    queries=(KERNEL_UNITS, KERNEL_RUNS),
    draw=draw,
)
