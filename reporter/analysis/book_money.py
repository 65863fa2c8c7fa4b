"""Money by the prices of a book: list and effective, commitments, idle time. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from reporter.analysis.comparison import units_per_dollar
from reporter.analysis.contenders import Contender
from reporter.analysis.idle_money import CommitmentSaving, IdleMoney, idle_money, saving
from reporter.analysis.observed import Observed
from reporter.analysis.ranking import Ranking
from reporter.asking.answers import Answers
from reporter.asking.book_prices import BookPrice, HeldPrices, PriceStep
from reporter.asking.machines import Machine
from reporter.asking.priced_by_book import repriced
from reporter.asking.query import RangeQuery
from reporter.asking.usage_queries import CPU_BUSY
from reporter.language import DOLLARS
from reporter.settings.purchases import CONTRACTED, EFFECTIVE, ON_DEMAND
from reporter.settings.report import Config

# What stands side by side, and how pages call it.
PRICE_WORDS = {ON_DEMAND: "list", CONTRACTED: "contracted", EFFECTIVE: "effective"}


class PricedFleet(Protocol):
    """What is asked of a report's data; see ``ReportData``."""

    config: Config
    answers: Answers
    machines: Sequence[Machine]

    def observed(self, quantity: RangeQuery, machine: Machine) -> Observed | None:
        """Every sample of a machine's quantity."""


@dataclass(frozen=True)
class MachineMoney:
    """One machine by its prices.

    Attributes:
        machine: which.
        there: its first and its last moment in the range, Unix seconds; None: it has no samples.
        list, contracted, effective: what the book says; None: nothing.
        paid_by: the purchase option of what is taken for paid; "": nothing is known.
        paid: the prices of that.
        saving: what commitments save; None: one of both prices is unknown.
        idle: None: unknown.
    """

    machine: Machine
    there: tuple[float, float] | None
    list: HeldPrices | None
    contracted: HeldPrices | None
    effective: HeldPrices | None
    paid_by: str
    paid: HeldPrices | None
    saving: CommitmentSaving | None
    idle: IdleMoney | None

    def mean(self, held: HeldPrices | None) -> float | None:
        """Dollars an hour over the time in which the machine was there; None: unknown."""
        return held.mean(*self.there) if held and self.there else None


@dataclass(frozen=True)
class WorthByPrice:
    """Work for the money of a type or machine, on list and on effective prices.

    Attributes:
        name: of it.
        machines: how many of it were measured.
        on_list, on_effective: as ranked at that price; None: it has no such price.
        list_rank, effective_rank: by units per dollar; None: it has none.
    """

    name: str
    machines: int
    on_list: Contender | None
    on_effective: Contender | None
    list_rank: int | None
    effective_rank: int | None


@dataclass(frozen=True)
class BookTotals:
    """All machines together.

    Attributes:
        both: how many have a list and an effective price over some hours of the range.
        saving: of these; None: there is none.
        counted: of how many the idle money is known.
        by_effective: of these, how many are by their effective price.
        paid, idle, unknown: dollars over the range, see ``IdleMoney``.
        month, least, most: dollars for idle time in a month; of machines of which it is known.
    """

    machines: int
    both: int
    saving: CommitmentSaving | None
    counted: int
    by_effective: int
    paid: float
    idle: float
    unknown: float
    month: float | None
    least: float | None
    most: float | None


class BookMoney:
    """All of it, worked out when something asks.

    Args:
        data: of a report with a price book.
    """

    def __init__(self, data: PricedFleet) -> None:
        self._data, self.book = data, data.answers.book

    @cached_property
    def machines(self) -> Sequence[MachineMoney]:
        """Each machine, in the report's order; none without a book."""
        return [self._machine(one) for one in self._data.machines] if self.book else []

    @cached_property
    def on_list(self) -> Ranking:
        """The report's ranking, on list prices."""
        return self._ranking({m.machine.name: m.mean(m.list) for m in self.machines})

    @cached_property
    def on_effective(self) -> Ranking:
        """The report's ranking, on effective prices."""
        return self._ranking({m.machine.name: m.mean(m.effective) for m in self.machines})

    @cached_property
    def worth(self) -> Sequence[WorthByPrice]:
        """Types and machines of the main class by both, the best value on effective prices first;
        none where no effective price is known."""
        sides = [ranking.main for ranking in (self.on_list, self.on_effective)]
        if sides[0] is None or sides[1] is None or not sides[1].by_money:
            return []
        ranks = [{one.name: n for n, one in enumerate(side.by_money, 1)} for side in sides if side]
        found = [
            WorthByPrice(
                listed.name,
                len(listed.machines),
                listed if listed.rate(units_per_dollar) else None,
                paid if paid.rate(units_per_dollar) else None,
                ranks[0].get(listed.name),
                ranks[1].get(paid.name),
            )
            for listed, paid in zip(sides[0].contenders, sides[1].contenders, strict=True)
        ]
        having = [one for one in found if one.on_list or one.on_effective]
        return sorted(
            having,
            key=lambda one: (one.effective_rank or math.inf, one.list_rank or math.inf, one.name),
        )

    @cached_property
    def totals(self) -> BookTotals:
        """All machines together."""
        savings = [one.saving for one in self.machines if one.saving]
        known = [(one, one.idle) for one in self.machines if one.idle]
        months = [idle for _, idle in known if idle.month is not None]
        return BookTotals(
            len(self.machines),
            len(savings),
            CommitmentSaving(
                sum(one.list for one in savings),
                sum(one.effective for one in savings),
                sum(one.hours for one in savings),
            )
            if savings
            else None,
            len(known),
            sum(one.paid_by == EFFECTIVE for one, _ in known),
            sum(idle.paid for _, idle in known),
            sum(idle.idle for _, idle in known),
            sum(idle.unknown for _, idle in known),
            sum(idle.month or 0.0 for idle in months) if months else None,
            sum(idle.least or 0.0 for idle in months) if months else None,
            sum(idle.most or 0.0 for idle in months) if months else None,
        )

    def _machine(self, machine: Machine) -> MachineMoney:
        assert self.book
        busy = self._data.observed(CPU_BUSY, machine)
        there = None
        if busy and busy.count:
            first = float(busy.times[0] - busy.seconds[0])
            there = (max(first, self._data.answers.start), float(busy.times[-1]))
        every = {option: self.book.of(machine.name, option) for option in PRICE_WORDS}
        held = {o: one.within(*there) if one and there else one for o, one in every.items()}
        option, paid = self._paid(machine)
        listed, effective = held[ON_DEMAND], held[EFFECTIVE]
        return MachineMoney(
            machine,
            there,
            listed,
            held[CONTRACTED],
            effective,
            option,
            paid,
            saving(listed, effective, there) if listed and effective and there else None,
            idle_money(paid, busy) if paid else None,
        )

    def _paid(self, machine: Machine) -> tuple[str, HeldPrices | None]:
        """What is taken for paid: the effective price, else what counts in the report, unless that
        is the list and something was negotiated."""
        assert self.book
        book = self.book
        counts = machine.pricing.purchase if machine.pricing else self._data.config.purchase
        order = [EFFECTIVE, *([counts] if counts != ON_DEMAND else []), CONTRACTED]
        for option in order:
            if (held := book.of(machine.name, option)) and held.bounds:
                return option, held
            if option == counts and machine.price:
                break
        if machine.price and not (machine.pricing and machine.pricing.source):
            return counts, _constant(machine.price, self._data.answers.start)
        held = book.of(machine.name, counts)
        return (counts, held) if held and held.bounds else ("", None)

    def _ranking(self, prices: dict[str, float | None]) -> Ranking:
        known = {name: price for name, price in prices.items() if price}
        return Ranking(repriced(self._data.machines, known), self._data.config.baseline)


def _constant(dollars: float, since: float) -> HeldPrices:
    """The engine's mean over the range, as if it had been the price all the time."""
    price = BookPrice(dollars, DOLLARS.code, dollars, 0.0, "")
    return HeldPrices((PriceStep(since, price),))
