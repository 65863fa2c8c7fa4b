"""List, contracted and effective prices of the price book over the range."""

from __future__ import annotations

from functools import partial

from perfanalysis.promql import Floats
from reporter.analysis.book_money import PRICE_WORDS
from reporter.analysis.report_data import MOST_LINES, ReportData
from reporter.asking.book_prices import HeldPrices
from reporter.asking.machines import Machine
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import first_only
from reporter.figures.prices import amount
from reporter.figures.table import Cell, Table
from reporter.figures.time_scale import scale

_MOST_NAMED = 2
_COLUMNS = (
    *("machine", "purchase", "time", "dollars_per_hour", "amount", "currency"),
    *("valid_from", "source"),
)


def draw(data: ReportData) -> Chart | None:
    """A line for each price that differs, of all machines that have it; the table has all."""
    from reporter.charts import price_steps

    book = data.answers.book
    if book is None:
        return None
    every = [
        (machine, option, held)
        for option in PRICE_WORDS
        for machine in data.machines
        if (held := book.of(machine.name, option))
    ]
    lines = _lines(every, data)
    if not lines:
        return None
    rows: list[tuple[Cell, ...]] = [
        row for machine, option, held in every for row in _rows(machine, option, held)
    ]
    unit = 1 / data.language.currency.rate
    axes = scale(data, "price per hour", partial(amount, data.language), unit=unit)
    shown = lines[:MOST_LINES]
    return Chart(
        price_steps.draw(shown, axes, data.language),
        Table(_COLUMNS, rows),
        notes=first_only(data, len(shown), len(lines)),
    )


def _lines(every: list[tuple[Machine, str, HeldPrices]], data: ReportData) -> list[Line]:
    """The same steps are one line, whose label names the machines."""
    alike: dict[tuple[str, bytes, bytes], list[str]] = {}
    found: dict[tuple[str, bytes, bytes], tuple[Floats, Floats]] = {}
    for machine, option, held in every:
        if held.bounds:
            times, values = held.line(data.answers.end)
            key = (option, times.tobytes(), values.tobytes())
            alike.setdefault(key, []).append(machine.name)
            found[key] = times, values
    return [
        Line(
            f"{_called(names, data)}: {data.language.say(PRICE_WORDS[key[0]])}", place, *found[key]
        )
        for place, (key, names) in enumerate(alike.items())
    ]


def _called(names: list[str], data: ReportData) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    others = data.language.number(len(names) - 1)
    return data.language.say("{name} and {count} others", name=names[0], count=others)


def _rows(machine: Machine, option: str, held: HeldPrices) -> list[tuple[Cell, ...]]:
    return [
        (
            *(machine.name, option, step.since, step.price.dollars, step.price.amount),
            *(step.price.currency, step.price.valid_from, step.price.source),
        )
        for step in held.steps
    ]


FIGURE = Figure(
    name="list_and_effective",
    title="List and effective prices over the range",
    caption="Of the price book: a price holds until the next. Machines whose prices are the same"
    " share a line.",
    queries=(),
    draw=draw,
)
