"""What a price book says, for programs: JSON values and tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reporter.analysis.book_money import MachineMoney, WorthByPrice
from reporter.analysis.comparison import units_per_dollar
from reporter.analysis.contenders import Contender
from reporter.analysis.idle_money import CommitmentSaving
from reporter.analysis.report_data import ReportData
from reporter.asking.book_prices import HeldPrices
from reporter.figures.table import Cell, Table
from reporter.formats.json_types import known, rate

_HOUR, _MONTH = "USD/h", "USD for 730 hours"
UNITS: Mapping[str, str] = {
    "book.machines.list": f"{_HOUR}, mean while the machine was there; steps by when they began",
    "book.machines.contracted": _HOUR,
    "book.machines.effective": _HOUR,
    "book.machines.saving.dollars": "USD over the hours for which list and effective are known",
    "book.machines.idle.hours": "hours from the first sample to the last",
    "book.machines.idle.paid": "USD for these hours",
    "book.machines.idle.idle": "USD for idle time of the hours of which CPU time is known",
    "book.machines.idle.unknown": "USD for hours of which CPU time is not known",
    "book.machines.idle.month": f"{_MONTH}; least: unknown hours were busy; most: they were idle",
    "book.machines.idle.busy": "ratio, weighed by price",
    "book.worth.units_per_dollar": "units/s per USD/h",
}


def book(data: ReportData) -> dict[str, Any] | None:
    """List and effective prices, what they come to, and both rankings; None: there is no book."""
    if data.answers.book is None:
        return None
    found = data.by_book
    totals = found.totals
    return known(
        file=data.answers.book.file,
        machines={one.machine.name: _machine(one) for one in found.machines},
        totals=known(**{**asdict(totals), "saving": _saving(totals.saving)}),
        worth=[_worth(one) for one in found.worth],
        without_rate=list(data.answers.book.without_rate) or None,
    )


def _machine(one: MachineMoney) -> dict[str, Any]:
    return known(
        list=_held(one, one.list),
        contracted=_held(one, one.contracted),
        effective=_held(one, one.effective),
        paid_by=one.paid_by or None,
        saving=_saving(one.saving),
        idle=known(**asdict(one.idle)) if one.idle else None,
    )


def _saving(found: CommitmentSaving | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return known(**asdict(found), dollars=found.dollars, share=found.share)


def _held(one: MachineMoney, held: HeldPrices | None) -> dict[str, Any] | None:
    if held is None:
        return None
    return known(
        mean=one.mean(held),
        at_test=known(**asdict(held.at_test)) if held.at_test else None,
        steps=[known(since=step.since, **asdict(step.price)) for step in held.steps],
    )


def _worth(one: WorthByPrice) -> dict[str, Any]:
    return known(
        name=one.name,
        machines=one.machines,
        list=_side(one.on_list, one.list_rank),
        effective=_side(one.on_effective, one.effective_rank),
    )


def _side(one: Contender | None, rank: int | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return known(price=one.price, units_per_dollar=rate(one.rate(units_per_dollar)), rank=rank)


def book_prices(data: ReportData) -> Table:
    """List, contracted and effective prices, and what was saved; no rows without a book."""
    rows: list[tuple[Cell, ...]] = [
        (
            one.machine.name,
            *(
                cell
                for held in (one.list, one.contracted, one.effective)
                for cell in (
                    one.mean(held),
                    held.at_test.dollars if held and held.at_test else None,
                    "; ".join(held.sources) if held else None,
                )
            ),
            *((one.saving.dollars, one.saving.hours) if one.saving else (None, None)),
        )
        for one in data.by_book.machines
    ]
    prices = tuple(
        f"{name}_{what}"
        for name in ("list", "contracted", "effective")
        for what in ("dollars_per_hour", "at_test_dollars_per_hour", "source")
    )
    return Table(("machine", *prices, "saved_dollars", "saved_hours"), rows)


def idle_money(data: ReportData) -> Table:
    """What idle time has cost; no rows without a book."""
    rows: list[tuple[Cell, ...]] = [
        (
            *(one.machine.name, one.paid_by, one.idle.hours, one.idle.paid, one.idle.busy),
            *(one.idle.idle, one.idle.unknown, one.idle.month, one.idle.least, one.idle.most),
        )
        for one in data.by_book.machines
        if one.idle
    ]
    columns = ("machine", "paid_by", "hours", "paid_dollars", "busy_ratio", "idle_dollars")
    months = ("idle_dollars_a_month", "least_dollars_a_month", "most_dollars_a_month")
    return Table((*columns, "unknown_dollars", *months), rows)


def worth_by_price(data: ReportData) -> Table:
    """Units per dollar on list and on effective prices; no rows where one is not known."""
    rows: list[tuple[Cell, ...]] = [
        (
            *(one.name, one.machines),
            *_cells(one.on_list, one.list_rank),
            *_cells(one.on_effective, one.effective_rank),
        )
        for one in data.by_book.worth
    ]
    sides = tuple(
        f"{side}_{what}"
        for side in ("list", "effective")
        for what in (
            *("dollars_per_hour", "units_per_dollar", "units_per_dollar_lower"),
            *("units_per_dollar_upper", "rank"),
        )
    )
    return Table(("type_or_machine", "machines", *sides), rows)


def _cells(one: Contender | None, rank: int | None) -> tuple[Cell, ...]:
    found = one.rate(units_per_dollar) if one else None
    if one is None or found is None:
        return (None,) * 5
    bounds = (found.interval.lower, found.interval.upper) if found.interval else (None, None)
    return (one.price, found.value, *bounds, rank)
