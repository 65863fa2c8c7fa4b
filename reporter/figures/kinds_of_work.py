"""Machines by kind of work, each against the baseline, with its interval."""

from __future__ import annotations

from reporter.analysis import kinds_of_work
from reporter.analysis.report_data import ReportData
from reporter.asking.kind_queries import KIND_BASIS, KIND_WORK
from reporter.figures.figure import Chart, Figure
from reporter.figures.table import Cell, Table


def draw(data: ReportData) -> Chart | None:
    """A row a kind, a mark for each other machine; None: nothing can be told."""
    from reporter.charts import kinds_of_work as chart

    scores = kinds_of_work.scores(data.answers)
    base = data.baseline
    by_name = {machine.name: machine for machine in data.machines}
    places = kinds_of_work.against(scores, by_name, base.name)
    rows: list[tuple[Cell, ...]] = [
        (one.machine.name, one.kind, one.answer.ratio, one.answer.lower, one.answer.upper)
        for one in places
    ]
    return Chart(
        chart.draw(places, data.places, data.language),
        Table(("machine", "kind", "ratio_to_baseline", "lower", "upper"), rows),
        machine=base,
    )


FIGURE = Figure(
    name="kinds_of_work",
    title="Work by kind against the baseline",
    caption="How much of each kind of real work a machine does over what the baseline does,"
    " foretold from several kernels; lines are 90 % intervals. Where one crosses 1, it cannot be"
    " told which of the two does more; where kinds lie on both sides of it, neither is the better"
    " one for all work. Learned from sc-inspector-data of Spare Cores (CC BY-SA 4.0).",
    queries=(KIND_WORK, KIND_BASIS),
    draw=draw,
)
