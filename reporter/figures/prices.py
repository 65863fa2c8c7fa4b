"""Prices over time, of the machines whose price changed."""

from __future__ import annotations

from functools import partial

from reporter.analysis.report_data import MOST_LINES, ReportData
from reporter.asking.machines import Machine
from reporter.asking.price_queries import PRICE_OVER_TIME
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import first_only
from reporter.figures.table import Table, points
from reporter.figures.time_scale import scale
from reporter.language import Language


def draw(data: ReportData) -> Chart | None:
    """Steps: a price holds until the next; the table has all that changed."""
    from reporter.charts import price_steps

    lines = [line for machine in data.machines if (line := _line(data, machine))]
    if not lines:
        return None
    by_name = {machine.name: machine for machine in data.machines}
    rows = [row for one in lines for row in points(by_name[one.label], one.times, one.values)]
    # Marks at round amounts of the currency that is shown.
    unit = 1 / data.language.currency.rate
    axes = scale(data, "price per hour", partial(amount, data.language), unit=unit)
    shown = lines[:MOST_LINES]
    return Chart(
        price_steps.draw(shown, axes, data.language),
        Table(("machine", "time", "dollars_per_hour"), rows),
        notes=first_only(data, len(shown), len(lines)),
    )


def amount(language: Language, value: float, decimals: int) -> str:
    """A price at an axis, with at least two decimals."""
    return language.dollars(value, max(2, decimals))


def _line(data: ReportData, machine: Machine) -> Line | None:
    if not machine.pricing or not machine.pricing.changed:
        return None
    if machine.pricing.source:
        return _of_book(data, machine, machine.pricing.purchase)
    for series in data.series(PRICE_OVER_TIME, machine):
        if series.labels.get("purchase") == machine.pricing.purchase:
            return Line(machine.name, data.places[machine.name], series.times, series.values)
    return None


def _of_book(data: ReportData, machine: Machine, option: str) -> Line | None:
    held = data.answers.book.of(machine.name, option) if data.answers.book else None
    return (
        Line(machine.name, data.places[machine.name], *held.line(data.answers.end))
        if held
        else None
    )


FIGURE = Figure(
    name="prices",
    title="Prices over time",
    caption="Of the machines whose price changed within the range: every change, and a gap where no"
    " price is known for longer than between two points of other charts.",
    queries=(PRICE_OVER_TIME,),
    draw=draw,
)
