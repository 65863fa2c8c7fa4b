"""CPU time of one machine by mode."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, rows_of

CPU_BY_MODE = RangeQuery(
    "CPU by mode",
    "sum by (instance, mode) (rate(node_cpu_seconds_total{$machines}[$window]))"
    " / on (instance) group_left"
    " sum by (instance) (rate(node_cpu_seconds_total{$machines}[$window]))",
    "ratio",
    order=11,
)


def draw(data: ReportData, machine: Machine) -> Chart:
    """Layers of the modes that took part."""
    from reporter.charts import cpu_by_mode

    found, answers = data.series(CPU_BY_MODE, machine), data.answers
    return Chart(
        cpu_by_mode.draw(found, answers.start, answers.end, answers.step, data.language),
        Table(("machine", "mode", "time", "share"), rows_of(machine, found, "mode")),
    )


FIGURE = MachineFigure(
    name="modes",
    title="CPU time by mode",
    caption="What the CPU time went into; the white above is idle. Steal is time that the"
    " hypervisor gave to others.",
    queries=(CPU_BY_MODE,),
    draw=draw,
)
