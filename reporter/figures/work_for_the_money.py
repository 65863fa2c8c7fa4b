"""Bars of units per dollar."""

from __future__ import annotations

from reporter.analysis.comparison import ranked, units_per_dollar
from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import (
    MEAN_LOWER,
    MEAN_UNITS,
    MEAN_UPPER,
    PRICE,
    UNITS_PER_DOLLAR,
)
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import MOST_BARS, disturbed, first_only
from reporter.figures.table import Cell, Table


def draw(data: ReportData) -> Chart:
    """The best at the top."""
    from reporter.charts import price_performance

    rows: list[tuple[Cell, ...]] = [
        (m.name, m.units_per_dollar.value, m.units_per_dollar.lower, m.units_per_dollar.upper)
        for m in data.machines
        if m.units_per_dollar
    ]
    best = ranked(data.machines, units_per_dollar)
    shown = best[:MOST_BARS]
    return Chart(
        price_performance.draw(shown, data.places, data.language),
        Table(("machine", "units_per_second_per_dollar_hour", "lower", "upper"), rows),
        notes=(*first_only(data, len(shown), len(best)), *disturbed(data, shown)),
    )


FIGURE = Figure(
    name="work_for_the_money",
    title="Work for the money",
    caption="Units per second, in the mean, for each dollar per hour; longer is better. The line"
    " at a bar's end is the 95 % interval of one run.",
    queries=(UNITS_PER_DOLLAR, PRICE, MEAN_UNITS, MEAN_LOWER, MEAN_UPPER),
    draw=draw,
)
