"""Bars of units per dollar."""

from __future__ import annotations

from reporter.analysis.comparison import bounds, units_per_dollar
from reporter.analysis.doubt import not_ranked
from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import BASELINE, MEAN_LOWER, MEAN_UNITS, MEAN_UPPER
from reporter.asking.price_queries import PRICE, UNITS_PER_DOLLAR
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import MOST_BARS, first_only, said
from reporter.figures.table import Cell, Table


def draw(data: ReportData) -> Chart:
    """The best at the top."""
    from reporter.charts import price_performance

    order = data.ranking.main.by_money if data.ranking.main else []
    rows: list[tuple[Cell, ...]] = [
        (
            one.name,
            worth.value,
            *bounds(worth),
            len(one.machines),
        )
        for one in order
        if (worth := one.rate(units_per_dollar))
    ]
    columns = ("machine", "units_per_second_per_dollar_hour", "lower", "upper", "machines")
    shown = order[:MOST_BARS]
    return Chart(
        price_performance.draw(shown, data.places, data.language),
        Table(columns, rows),
        notes=(
            *first_only(data, len(shown), len(order)),
            *said(not_ranked(data.ranking, data.language)),
        ),
    )


FIGURE = Figure(
    name="work_for_the_money",
    title="Work for the money",
    caption="Units per second, in the mean (of a burstable machine, of its baseline), for each"
    " dollar per hour; longer is better. The line at a bar's end is the 95 % interval: between the"
    " machines of a type, or of one run.",
    queries=(UNITS_PER_DOLLAR, PRICE, MEAN_UNITS, MEAN_LOWER, MEAN_UPPER, BASELINE),
    draw=draw,
)
