"""Types of which several machines were measured, and single machines, as rows of the CSV. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reporter.analysis.comparison import max_units, units_per_dollar
from reporter.analysis.report_data import ReportData
from reporter.formats.csv_table import ValueRow


def type_rows(data: ReportData) -> Iterator[ValueRow]:
    """Each one's rank, rate at full load, units per dollar and price, with bounds where known.

    ``machine`` is empty; the labels say the type or machine, how many machines it is of, and the
    mark of its class of conditions, within which alone it is ranked.
    """
    for group in data.ranking.groups:
        order = group.by_money
        for one in (*order, *(other for other in group.contenders if other not in order)):
            labels = f"machines={len(one.machines)};name={one.name}"
            if group.tests.mark:
                labels = f"conditions={group.tests.mark};{labels}"
            place = order.index(one) + 1 if one in order else None
            end = data.answers.end
            yield ValueRow("Ranking: rank", "1", "", labels, end, place)
            for name, unit, measure in (
                ("Ranking: units per second", "units/s", max_units),
                ("Ranking: units per dollar", "units/s per USD/h", units_per_dollar),
            ):
                if found := one.rate(measure):
                    known = found.interval
                    bounds = (known.lower, known.upper) if known else ()
                    yield ValueRow(name, unit, "", labels, end, found.value, *bounds)
            if one.price:
                yield ValueRow("Ranking: price", "USD/h", "", labels, end, one.price)
