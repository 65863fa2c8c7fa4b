"""The figures' data as one CSV table (RFC 4180): a row for each value, with its unit and bounds."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from perfanalysis.estimates.statistics import Estimate
from reporter.analysis.report_data import SATURATED, ReportData
from reporter.asking.answers import Answers
from reporter.asking.machine_queries import LEVEL_UNITS, MAX_UNITS
from reporter.asking.machines import Machine
from reporter.asking.price_queries import UNITS_PER_DOLLAR
from reporter.asking.query import Query
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED
from reporter.spreadsheet_cells import plain


class ValueRow(NamedTuple):
    """One value; ``time`` in Unix seconds, bounds of the 95 % interval where there is one.

    ``range`` is ``report``, or ``before`` for the earlier range that the report compares with.
    """

    figure: str
    unit: str
    machine: str
    labels: str
    time: float
    value: float | None
    lower: float | None = None
    upper: float | None = None
    range: str = "report"


def rows(answers: Answers) -> Iterator[ValueRow]:
    """All values, figure by figure in the order of their queries, then by labels and time."""
    machines = {machine.name: machine for machine in answers.machines}
    for query in answers.expressions:
        name, unit = query.name, query.unit
        for sample in sorted(answers.samples_of(query), key=lambda one: _key(one.labels)):
            machine = sample.labels.get("instance", "")
            bounds = _bounds(query, machines.get(machine), sample.labels)
            values = (_known(sample.value), *(bounds or ()))
            yield ValueRow(name, unit, machine, _others(sample.labels), sample.time, *values)
        for series in sorted(answers.series_of(query), key=lambda one: _key(one.labels)):
            machine, labels = series.labels.get("instance", ""), _others(series.labels)
            for time, value in zip(series.times.tolist(), series.values.tolist(), strict=True):
                yield ValueRow(name, unit, machine, labels, time, _known(value))


def statistics(data: ReportData) -> Iterator[ValueRow]:
    """The statistics of each machine, which are of all samples and not of the points above."""
    for query in (CPU_BUSY, MEMORY_USED):
        for machine in data.machines:
            own = data.observed(query, machine)
            if own is None:
                continue
            known = {f"P{q}": own.percentile(q) for q in (50, 95, 99)}
            values = [
                ("mean", query.unit, own.mean()),
                *((name, query.unit, value) for name, value in known.items()),
                ("maximum", query.unit, own.maximum()),
                ("window", "s", own.window),
                ("missing", "s", own.missing(data.answers.start, data.answers.end)),
            ]
            if query == CPU_BUSY:
                total, longest = own.saturation(SATURATED)
                values += [("at or above 90 %", "s", total), ("longest", "s", longest)]
            for name, unit, value in values:
                figure = f"{query.name}, {name}"
                yield ValueRow(figure, unit, machine.name, "", data.answers.end, value)


def csv_bytes(data: ReportData, more: Iterable[ValueRow] = ()) -> bytes:
    """The table, in UTF-8; with the earlier range where the report compares with one.

    Args:
        data: of the report.
        more: what the report makes of the answers, such as its ranking.
    """
    answers, before = data.answers, data.before
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(ValueRow._fields)
    for row in statistics(data):
        writer.writerow([plain(value) for value in row])
    every = [(answers, "report"), *([(before, "before")] if before else [])]
    for one, name in every:
        for row in rows(one):
            writer.writerow([plain(value) for value in row._replace(range=name)])
    writer.writerows([plain(value) for value in row] for row in more)
    return text.getvalue().encode()


def _bounds(
    query: Query, machine: Machine | None, labels: Mapping[str, str]
) -> tuple[float, float] | None:
    if machine is None:
        return None
    estimate: Estimate | None = None
    if query == UNITS_PER_DOLLAR:
        counts = machine.pricing and labels.get("purchase") == machine.pricing.purchase
        estimate = machine.units_per_dollar if counts else None
    elif machine.test and query == MAX_UNITS:
        estimate = machine.test.max
    elif machine.test and query == LEVEL_UNITS:
        estimate = machine.test.curve.at(float(labels.get("busy", "nan")))
    return (estimate.lower, estimate.upper) if estimate else None


def _key(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(labels.items())


def _others(labels: Mapping[str, str]) -> str:
    found = (f"{k}={v}" for k, v in sorted(labels.items()) if k not in {"__name__", "instance"})
    return ";".join(found)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
