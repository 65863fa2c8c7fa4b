"""Price against work, with the Pareto front; also for a page that has little room."""

from __future__ import annotations

from functools import partial

from reporter.analysis.comparison import work_done
from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import MEAN_LOWER, MEAN_UNITS, MEAN_UPPER, PRICE
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import disturbed
from reporter.figures.table import Cell, Table

TITLE = "Price and work: the Pareto front"
CAPTION = (
    "Up is more work in the mean, left is cheaper. The dashed line joins the machines that no other"
    " beats in both, by one run of each; one below it costs more than another that did as much."
)
QUERIES = (MEAN_UNITS, PRICE, MEAN_LOWER, MEAN_UPPER)


def draw(height: float, data: ReportData) -> Chart:
    """A chart of that height in inches."""
    from reporter.charts import pareto

    rows: list[tuple[Cell, ...]] = [
        (m.name, m.price, done.value, done.lower, done.upper, int(m.name in data.front))
        for m in data.machines
        if m.price and (done := work_done(m))
    ]
    columns = ("machine", "dollars_per_hour", "units_per_second", "lower", "upper", "on_front")
    named = {machine.name: data.places[machine.name] for machine in data.foremost}
    return Chart(
        pareto.draw(data.machines, named, data.language, height),
        Table(columns, rows),
        notes=disturbed(data, data.foremost),
    )


FIGURE = Figure(
    name="price_front", title=TITLE, caption=CAPTION, queries=QUERIES, draw=partial(draw, 2.9)
)
SHORT = Figure(
    name="price_front_short",
    title=TITLE,
    caption=CAPTION,
    queries=QUERIES,
    draw=partial(draw, 2.1),
)
