"""Price against work, with the Pareto front; also for a page that has little room."""

from __future__ import annotations

from functools import partial

from reporter.analysis.comparison import bounds, paid_work
from reporter.analysis.doubt import not_ranked
from reporter.analysis.report_data import MOST_LINES, ReportData
from reporter.asking.machine_queries import BASELINE, MEAN_LOWER, MEAN_UNITS, MEAN_UPPER
from reporter.asking.price_queries import PRICE
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import said
from reporter.figures.table import Cell, Table

TITLE = "Price and work: the Pareto front"
CAPTION = (
    "Up is more work for the price (the mean at full load; of a burstable machine its baseline),"
    " left is cheaper. The dashed line joins the types and machines that no other beats in both;"
    " one below it costs more than another that did as much. The interval is between machines of a"
    " type, or of one run."
)
QUERIES = (MEAN_UNITS, PRICE, MEAN_LOWER, MEAN_UPPER, BASELINE)


def draw(height: float, data: ReportData) -> Chart:
    """A chart of that height in inches."""
    from reporter.charts import pareto

    main = data.ranking.main
    found = main.contenders if main else ()
    rows: list[tuple[Cell, ...]] = [
        (
            one.name,
            one.price,
            done.value,
            *bounds(done),
            int(one.machine.name in data.ranking.front),
            len(one.machines),
        )
        for one in found
        if one.price and (done := one.rate(paid_work))
    ]
    columns = ("machine", "dollars_per_hour", "units_per_second", "lower", "upper", "on_front")
    first = {machine.name for machine in data.foremost}
    named = {
        one.machine.name: data.places[one.machine.name]
        for one in found
        if len(found) <= MOST_LINES or any(machine.name in first for machine in one.machines)
    }
    return Chart(
        pareto.draw(found, named, data.language, height),
        Table((*columns, "machines"), rows),
        notes=said(not_ranked(data.ranking, data.language)),
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
