"""The report's tables as numbers, each for a CSV file: what ``--csv`` writes and e-mails attach.

Amounts are in dollars, ratios from 0 to 1, as the columns' names say; unknown is an empty field. A
further table is a function here and its line in ``TABLES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from perfanalysis.estimates.ratios import Rate, Ratio
from perfanalysis.estimates.statistics import Estimate
from reporter.analysis import fleet
from reporter.analysis.comparison import max_units
from reporter.analysis.fit_bounds import FitBounds
from reporter.analysis.groups import groups
from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED
from reporter.figures.table import Cell, Table
from reporter.formats.json_book import book_prices, idle_money, worth_by_price
from reporter.formats.json_kinds import kinds_table
from reporter.formats.json_replayed import replayed_table
from reporter.formats.sizing_tables import findings, forecasts

_UNITS = ("units_per_second", "units_per_second_lower", "units_per_second_upper")
_BOUNDS = (
    *("busy_p95_lower", "busy_p95_upper", "busy_p99_lower", "busy_p99_upper"),
    *("risk", "risk_lower", "risk_upper", "machines_at_least", "machines_at_most"),
)
_WORTH = ("units_per_dollar", "units_per_dollar_lower", "units_per_dollar_upper")


def verdict(data: ReportData) -> Table:
    """The first sentences."""
    return Table(("sentence",), [(sentence,) for sentence in data.verdict])


def remarks(data: ReportData) -> Table:
    """What is missing or doubtful."""
    return Table(("remark",), [(remark,) for remark in data.remarks])


def machines(data: ReportData) -> Table:
    """What each machine is, costs and can do."""
    ranks = data.ranking.ranks
    columns = (
        *("machine", "group", "provider", "region", "zone", "instance_type", "cpu_model"),
        *("cpus", "cores", "memory_bytes", "purchase", "price_dollars_per_hour"),
        *("lowest_dollars_per_hour", "highest_dollars_per_hour", "price_known_ratio"),
        *("at_test_dollars_per_hour", *_UNITS, *_WORTH, "units_per_dollar_at_test", "rank"),
        *("rank_among_conditions", "load_test_valid", "price_source"),
    )
    return Table(columns, [_machine(one, ranks.get(one.name)) for one in data.machines])


def _machine(machine: Machine, ranked: tuple[int, str] | None) -> tuple[Cell, ...]:
    pricing, test = machine.pricing, machine.test
    return (
        *(machine.name, machine.group, machine.provider or None, machine.region or None),
        *(machine.zone or None, machine.instance_type or None, machine.cpu_model or None),
        *(machine.cpus, machine.cores, machine.memory_bytes),
        *(pricing.purchase if pricing else None, machine.price),
        *((pricing.lowest, pricing.highest, pricing.known) if pricing else (None,) * 3),
        pricing.at_test if pricing else None,
        *_rate(max_units(machine)),
        *_estimate(machine.units_per_dollar),
        machine.units_per_dollar_at_test,
        *(ranked or (None, None)),
        None if test is None or test.valid is None else int(test.valid),
        (pricing.source or "engine") if pricing else None,
    )


def differences(data: ReportData) -> Table:
    """Every machine against the baseline, as ratios."""
    rows = [
        (
            *(one.name, data.against.name, *_ratio(one.units), *_ratio(one.per_dollar)),
            *(one.price, None if (on := data.ranking.on_front(one.machine)) is None else int(on)),
        )
        for one in data.against.rows
    ]
    units, worth = (
        tuple(f"{name}_ratio{bound}" for bound in ("", "_lower", "_upper"))
        for name in ("units_per_second", "units_per_dollar")
    )
    return Table(("machine", "baseline", *units, *worth, "price_ratio", "on_front"), rows)


def use(data: ReportData) -> Table:
    """How busy each machine was."""
    rows: list[tuple[Cell, ...]] = []
    for machine in data.machines:
        for name, query in (("cpu_busy", CPU_BUSY), ("memory_used", MEMORY_USED)):
            if found := data.summary(query, machine):
                times = data.saturated(machine) if query == CPU_BUSY else None
                rows.append(
                    (
                        *(machine.name, name, found.mean, found.p50, found.p95, found.p99),
                        *(found.maximum, *(times or (None, None))),
                    )
                )
    columns = ("machine", "ratio_of", "mean", "p50", "p95", "p99", "maximum")
    return Table((*columns, "seconds_at_90_percent", "longest_seconds_at_90_percent"), rows)


def fit(data: ReportData) -> Table:
    """The observed work on every machine; no rows where one level alone was asked for."""
    fits = () if data.answers.full_load_only else data.fits
    rows = [
        (
            *(
                one.machine.name,
                data.whose_work.name if data.whose_work else None,
                one.mean,
                one.p95,
            ),
            *(
                one.p99,
                one.memory,
                None if one.fits is None else int(one.fits),
                one.count,
                one.month,
            ),
            *_bounds(one.bounds),
        )
        for one in fits
    ]
    columns = ("machine", "work_of", "busy_mean", "busy_p95", "busy_p99", "memory_ratio", "fits")
    more = ("machines_needed", "dollars_a_month", *_BOUNDS)
    return Table((*columns, *more), rows)


def _bounds(found: FitBounds | None) -> tuple[Cell, ...]:
    if found is None:
        return (None,) * len(_BOUNDS)
    return (
        *(found.p95.lower, found.p95.upper, found.p99.lower, found.p99.upper),
        *(found.risk.value, found.risk.lower, found.risk.upper),
        *(found.count or (None, None)),
    )


def types(data: ReportData) -> Table:
    """The machines by provider and type."""
    rows = [
        (
            *(one.name, one.count, one.measured, one.cpus, one.cpu),
            *(*_rate(one.units_per_dollar), one.month),
        )
        for one in fleet.kinds(fleet.members(data), data)
    ]
    columns = ("type", "machines", "machines_measured", "cpus", "cpu_busy_mean", *_WORTH)
    return Table((*columns, "dollars_a_month"), rows)


def by_label(data: ReportData) -> Table:
    """The machines by the value of the label that groups them; "" is of those without it."""
    rows = [
        (one.name, one.count, one.cpus, one.cpu, one.priced, one.month, one.idle_month)
        for one in groups(data)
    ]
    columns = ("group", "machines", "cpus", "cpu_busy_mean", "machines_with_a_price")
    return Table((*columns, "dollars_a_month", "idle_dollars_a_month"), rows)


TABLES: Mapping[str, Callable[[ReportData], Table]] = {
    "verdict": verdict,
    "machines": machines,
    "differences": differences,
    "use": use,
    "fit": fit,
    "types": types,
    "kinds": kinds_table,
    "groups": by_label,
    "findings": findings,
    "forecasts": forecasts,
    "book_prices": book_prices,
    "idle_money": idle_money,
    "worth_by_price": worth_by_price,
    "predicted_replayed": replayed_table,
    "remarks": remarks,
}


def tables(data: ReportData) -> dict[str, bytes]:
    """CSV (RFC 4180, UTF-8) by the name of its file; tables without rows are left out."""
    every = {name: make(data) for name, make in TABLES.items()}
    return {f"{name}.csv": table.csv() for name, table in every.items() if table.rows}


def _estimate(found: Estimate | None) -> tuple[Cell, ...]:
    return (found.value, found.lower, found.upper) if found else (None, None, None)


def _rate(found: Rate | None) -> tuple[Cell, ...]:
    if found is None:
        return (None, None, None)
    known = found.interval
    return (found.value, *((known.lower, known.upper) if known else (None, None)))


def _ratio(found: Ratio | None) -> tuple[Cell, ...]:
    return (found.value, found.lower, found.upper) if found else (None, None, None)
