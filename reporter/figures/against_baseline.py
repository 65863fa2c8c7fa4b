"""Differences to the baseline in percent."""

from __future__ import annotations

from reporter.analysis.doubt import not_ranked
from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import (
    LEVEL_LOWER,
    LEVEL_UPPER,
    MAX_UNITS,
    MEAN_LOWER,
    MEAN_UPPER,
)
from reporter.asking.price_queries import PRICE, UNITS_PER_DOLLAR
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import MOST_BARS, disturbed, first_only, said
from reporter.figures.table import Cell, Table


def draw(data: ReportData) -> Chart:
    """A point and its interval for each other machine."""
    from reporter.charts import differences

    rows: list[tuple[Cell, ...]] = []
    for one in data.against.rows:
        for name, found in (("units", one.units), ("units_per_dollar", one.per_dollar)):
            if found:
                rows.append((one.name, name, found.value, found.lower, found.upper))
    known = [one for one in data.against.rows if one.units or one.per_dollar]
    shown = known
    if len(known) > MOST_BARS:
        ranks, last = data.ranking.ranks, (len(known), "")
        shown = sorted(known, key=lambda one: ranks.get(one.machine.name, last))[:MOST_BARS]
    return Chart(
        differences.draw(shown, data.places, data.language),
        Table(("machine", "figure", "ratio_to_baseline", "lower", "upper"), rows),
        notes=(
            *first_only(data, len(shown), len(known)),
            *disturbed(data, [one.machine for one in shown]),
            *said(not_ranked(data.ranking, data.language)),
        ),
        machine=data.baseline,
    )


FIGURE = Figure(
    name="against_baseline",
    title="Difference to the baseline",
    caption="Right of the line is more than the baseline. A line is the 95 % interval: by what"
    " machines of a type differ by where several were measured, by the spread of earlier runs where"
    " these are known of both, else of one run each; where it crosses 0, nothing is told apart.",
    queries=(UNITS_PER_DOLLAR, MAX_UNITS, PRICE, LEVEL_LOWER, LEVEL_UPPER, MEAN_LOWER, MEAN_UPPER),
    draw=draw,
)
