"""What a time of a machine cost: by what it was at each moment, and what that cost then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_

from perfanalysis.errors import PerfAnalysisError
from portal.inventory.held_facts import HeldFacts
from portal.pricing.asking import KINDS
from portal.pricing.shelf import OpenedBook
from prices.book import over_time
from prices.book.look_up import WantedPrice
from prices.book.models import PriceRow
from prices.book.over_time import HeldPrice
from prices.book.rows import StoredPrice
from prices.currencies import ConvertedAmount, ExchangeRates

NOT_YET = "the inventory did not know the machine yet"
_HOUR = Decimal(3600)


@dataclass(frozen=True)
class AskedCost:
    """What a cost is asked for.

    Attributes:
        machine: its name, by which it may have prices of its own.
        since, until: of the time, with their zone.
        kind: one of ``asking.KINDS``.
        operating_system, tenancy: of the machine; the inventory does not know them.
        currency: to convert to; None: nothing is converted.
    """

    machine: str
    since: datetime
    until: datetime
    kind: str = "list"
    operating_system: str = "linux"
    tenancy: str = "shared"
    currency: str | None = None

    def wanted(self, facts: HeldFacts) -> WantedPrice:
        """The price of a stretch, until its end."""
        return WantedPrice(
            provider=facts.known["provider"] or "",
            at=facts.until,
            region=facts.known["region"] or "",
            zone=facts.known["zone"] or "",
            instance_type=facts.known["instance_type"] or "",
            machines=(self.machine,),
            operating_system=self.operating_system,
            tenancy=self.tenancy,
            purchase=KINDS[self.kind],
        )


@dataclass(frozen=True)
class PricedStretch:
    """A stretch of time with one price.

    Attributes:
        since, until: of it.
        facts: what the machine was then.
        stored: the price of an hour.
        cost: of the stretch, in the price's currency; in another one where ``converted`` is.
        converted: that cost in the currency that was asked for.
    """

    since: datetime
    until: datetime
    facts: HeldFacts
    stored: StoredPrice
    cost: Decimal
    converted: ConvertedAmount | None = None


@dataclass(frozen=True)
class CostGap:
    """A stretch of time that is in no sum, and why; what the machine was, None: nobody knew."""

    since: datetime
    until: datetime
    why: str
    facts: HeldFacts | None = None

    @property
    def in_service(self) -> bool:
        """Whether the machine was not retired."""
        return self.facts is None or self.facts.in_service


@dataclass(frozen=True)
class TimeCost:
    """What a stretch of time cost, as far as inventory and book tell.

    Attributes:
        stretches: with a price, in their order.
        gaps: without one, in their order.
        sums: by currency.
        unconverted: why some are in the sum of their own currency; "": none is.
    """

    stretches: tuple[PricedStretch, ...]
    gaps: tuple[CostGap, ...]
    sums: Mapping[str, Decimal]
    unconverted: str = ""

    @property
    def known_seconds(self) -> Decimal:
        """With a price."""
        return _total(self.stretches)

    @property
    def unknown_seconds(self) -> Decimal:
        """In service, without a price."""
        return _total([one for one in self.gaps if one.in_service])

    @property
    def retired_seconds(self) -> Decimal:
        """Retired, or merged into another machine."""
        return _total([one for one in self.gaps if not one.in_service])

    @property
    def reasons(self) -> dict[str, Decimal]:
        """By why a price is missing, for how many seconds."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for one in self.gaps:
            if one.in_service:
                found[one.why] += seconds(one.since, one.until)
        return dict(found)


def cost(
    opened: OpenedBook, asked: AskedCost, held: Sequence[HeldFacts], rates: ExchangeRates | None
) -> TimeCost:
    """What a time cost, if the machine ran all of it but for when it was retired.

    Each moment counts by what the inventory had then: a day with a change in it is cut there.

    Args:
        opened: the book.
        asked: what is asked for.
        held: what the machine was over the time, in its order.
        rates: to convert by; None: there are none.
    """
    stretches: list[PricedStretch] = []
    gaps: list[CostGap] = []
    begin, why = asked.since, ""
    for facts in held:
        if begin < facts.since:
            gaps.append(CostGap(begin, facts.since, NOT_YET))
        begin = facts.until
        priced, reason = _in_currency(opened, asked, facts, rates) if facts.in_service else ([], "")
        first = priced[0].since if priced else facts.until
        if facts.since < first:
            gaps.append(CostGap(facts.since, first, _why(asked, facts), facts))
        stretches += priced
        why = why or reason
    if begin < asked.until:
        gaps.append(CostGap(begin, asked.until, NOT_YET))
    return TimeCost(tuple(stretches), tuple(gaps), _sums(stretches, asked.currency), why)


def _in_currency(
    opened: OpenedBook, asked: AskedCost, facts: HeldFacts, rates: ExchangeRates | None
) -> tuple[list[PricedStretch], str]:
    """What was paid, converted, and why a part could not be.

    Where it could not, the book may have the same in the wanted currency, from as early on.
    """
    priced = _priced(opened, asked, facts)
    converted = [_converted(one, asked.currency, rates) for one in priced]
    why = next((reason for _, reason in converted if reason), "")
    if why:
        own = _priced(opened, asked, facts, PriceRow.currency == asked.currency)
        if own and own[0].since <= priced[0].since:
            return own, ""
    return [replace(one, converted=to) for one, (to, _) in zip(priced, converted, strict=True)], why


def _priced(
    opened: OpenedBook,
    asked: AskedCost,
    facts: HeldFacts,
    narrowed: ColumnElement[bool] | None = None,
) -> list[PricedStretch]:
    parts = [one for one in (opened.only, narrowed) if one is not None]
    only = and_(*parts) if parts else None
    found = over_time.held(opened.connection, asked.wanted(facts), facts.since, only)
    return list(_stretches(found, facts))


def _stretches(held: list[HeldPrice], facts: HeldFacts) -> Iterator[PricedStretch]:
    ends = [*(one.since for one in held[1:]), facts.until][: len(held)]
    for one, until in zip(held, ends, strict=True):
        length = seconds(one.since, until)
        if length > 0:
            # Divided last, so that whole hours stay exact.
            paid = one.stored.price.amount * length / _HOUR
            yield PricedStretch(one.since, until, facts, one.stored, paid)


def _why(asked: AskedCost, facts: HeldFacts) -> str:
    if not facts.in_service:
        return f"the machine was {facts.known['state']}"
    if facts.missing:
        return f"the machine's {' and '.join(facts.missing)} was not known"
    return f"the book has no {asked.kind} price"


def _sums(stretches: Sequence[PricedStretch], currency: str | None) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in stretches:
        if one.converted is not None and currency is not None:
            sums[currency] += one.converted.amount
        else:
            sums[one.stored.price.currency] += one.cost
    return dict(sums)


def _converted(
    stretch: PricedStretch, currency: str | None, rates: ExchangeRates | None
) -> tuple[ConvertedAmount | None, str]:
    """The cost at the rate of the stretch's first day, and why there is none."""
    own = stretch.stored.price.currency
    if currency is None or own == currency:
        return None, ""
    if rates is None:
        return None, "this portal has no exchange rates (`--exchange-rates`)"
    try:
        return rates.converted(stretch.cost, own, currency, stretch.since.date()), ""
    except PerfAnalysisError:
        return None, f"there is no rate from {own} to {currency} of {stretch.since.date()}"


def seconds(since: datetime, until: datetime) -> Decimal:
    """Of a time, exactly."""
    length = until - since
    return Decimal(length.days * 86400 + length.seconds) + Decimal(length.microseconds) / 1_000_000


def _total(parts: Sequence[PricedStretch | CostGap]) -> Decimal:
    return sum((seconds(one.since, one.until) for one in parts), Decimal())
