"""Bars of units per dollar."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import MEAN_LOWER, MEAN_UNITS, MEAN_UPPER
from reporter.asking.price_queries import PRICE, UNITS_PER_DOLLAR
from reporter.figures.figure import Chart, Figure
from reporter.figures.table import Cell, Table


def draw(data: ReportData) -> Chart:
    """The best at the top."""
    from reporter.charts import price_performance

    rows: list[tuple[Cell, ...]] = [
        (m.name, m.units_per_dollar.value, m.units_per_dollar.lower, m.units_per_dollar.upper)
        for m in data.machines
        if m.units_per_dollar
    ]
    return Chart(
        price_performance.draw(data.machines, data.language),
        Table(("machine", "units_per_second_per_dollar_hour", "lower", "upper"), rows),
    )


FIGURE = Figure(
    name="work_for_the_money",
    title="Work for the money",
    caption="Units per second, in the mean, for each dollar per hour; longer is better. The line"
    " at a bar's end is the 95 % interval of one run.",
    queries=(UNITS_PER_DOLLAR, PRICE, MEAN_UNITS, MEAN_LOWER, MEAN_UPPER),
    draw=draw,
)
