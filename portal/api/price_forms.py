"""How prices are answered: amounts are texts, for they are exact, and are of one hour."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from portal.api.forms import AnswerForm
from portal.inventory.held_facts import PRICED
from portal.pricing.costs import AskedCost, CostGap, PricedStretch, TimeCost
from prices.book.rows import StoredPrice

# Of a sum as many are shown: a part of an hour may have no end of them.
DECIMALS = Decimal("1e-10")
MOST_STRETCHES = 500


class PriceAnswer(AnswerForm):
    """A price of the book. What is "" is for any: everywhere, or any machine of the type."""

    amount: str = Field(description="For an hour of one whole machine.", examples=["0.1197"])
    currency: str = Field(description="The book's own: nothing is converted.", examples=["USD"])
    purchase: str = Field(description="In the words of the price book.", examples=["on_demand"])
    months: int | None = Field(description="Of a commitment.")
    payment: str | None
    valid_from: datetime
    imported_at: datetime
    source: str = Field(examples=["aws-offer index.json"])
    provider: str
    region: str
    zone: str
    instance_type: str
    machine: str
    operating_system: str
    tenancy: str


class PricesAnswer(AnswerForm):
    """The prices that count at a moment; null: the book has none that this tenant may see."""

    at: datetime
    on_demand: PriceAnswer | None = Field(alias="list", description="The list price.")
    contracted: PriceAnswer | None = Field(description="Negotiated, without commitments.")
    effective: PriceAnswer | None = Field(description="What was paid, commitments shared out.")
    spot: PriceAnswer | None
    unknown: list[str] = Field(description="What is not known, and why.")


class PriceHistoryPage(AnswerForm):
    """Prices, the newest first."""

    prices: list[PriceAnswer]
    next_cursor: str | None


class PricesPage(AnswerForm):
    """Prices by provider, type and place."""

    prices: list[PriceAnswer]
    next_cursor: str | None


class SourceAnswer(AnswerForm):
    """Where prices are from."""

    name: str = Field(examples=["aws-offer index.json"])
    newest_import: datetime = Field(description="Of those that this tenant may see.")


class SourcesAnswer(AnswerForm):
    """The sources of the book, by name."""

    sources: list[SourceAnswer]


class StretchAnswer(AnswerForm):
    """A stretch of time with one price, and what the inventory had of the machine then."""

    since: datetime
    until: datetime
    provider: str | None
    region: str | None
    zone: str | None
    instance_type: str | None
    cost: str = Field(description="Of the stretch, in the price's own currency.")
    converted: str | None = Field(description="In the currency that was asked for.")
    rate_days: list[date] = Field(description="Of the exchange rates that it is from.")
    price: PriceAnswer


class GapAnswer(AnswerForm):
    """A stretch of time that is in no sum, and what the inventory had of the machine then."""

    since: datetime
    until: datetime
    provider: str | None
    region: str | None
    zone: str | None
    instance_type: str | None
    why: str = Field(examples=["the book has no list price"])


class CostAnswer(AnswerForm):
    """What a machine cost if it ran all of that time, which the portal does not know."""

    since: datetime
    until: datetime
    purchase: str
    sums: dict[str, str] = Field(description="By currency.", examples=[{"USD": "86.4"}])
    known_seconds: float = Field(description="With a price.")
    unknown_seconds: float = Field(description="Without one; their cost is in no sum.")
    retired_seconds: float = Field(
        description="In which its entry was retired, or merged into another one; in no sum."
    )
    stretches: list[StretchAnswer] = Field(
        description=f"In their order, at most {MOST_STRETCHES} of them."
    )
    stretches_left_out: int
    gaps: list[GapAnswer] = Field(description="Without a price, or retired; as many at most.")
    gaps_left_out: int
    unknown: list[str] = Field(description="What is not known, and why.")


def price(stored: StoredPrice) -> PriceAnswer:
    """A price as it is answered."""
    found = stored.price
    return PriceAnswer(
        amount=format(found.amount, "f"),
        currency=found.currency,
        purchase=str(found.purchase),
        months=found.term.months if found.term else None,
        payment=str(found.term.payment) if found.term else None,
        valid_from=found.valid_from,
        imported_at=stored.imported_at,
        source=found.source,
        provider=found.provider,
        region=found.region,
        zone=found.zone,
        instance_type=found.instance_type,
        machine=found.machine,
        operating_system=found.operating_system,
        tenancy=found.tenancy,
    )


def prices(at: datetime, found: dict[str, StoredPrice | None], unknown: list[str]) -> PricesAnswer:
    """The prices of a moment as they are answered."""
    shown = {kind: None if one is None else price(one) for kind, one in found.items()}
    missing = [f"the book has no {kind} price" for kind, one in found.items() if one is None]
    return PricesAnswer(at=at, unknown=[*unknown, *missing], **shown)


def cost(found: TimeCost, asked: AskedCost) -> CostAnswer:
    """A cost as it is answered."""
    unknown = [found.unconverted] if found.unconverted else []
    unknown += [f"{why} for {length:f} seconds of it" for why, length in found.reasons.items()]
    stretches, gaps = found.stretches[:MOST_STRETCHES], found.gaps[:MOST_STRETCHES]
    return CostAnswer(
        since=asked.since,
        until=asked.until,
        purchase=asked.kind,
        sums={currency: digits(amount) for currency, amount in found.sums.items()},
        known_seconds=float(found.known_seconds),
        unknown_seconds=float(found.unknown_seconds),
        retired_seconds=float(found.retired_seconds),
        stretches=[_stretch(one) for one in stretches],
        stretches_left_out=len(found.stretches) - len(stretches),
        gaps=[_gap(one) for one in gaps],
        gaps_left_out=len(found.gaps) - len(gaps),
        unknown=unknown,
    )


def digits(amount: Decimal) -> str:
    """An amount without an exponent, and without zeros at the end."""
    text = format(amount.quantize(DECIMALS), "f")
    return text.rstrip("0").rstrip(".")


def facts_of(one: PricedStretch | CostGap) -> dict[str, str | None]:
    """What the inventory had then of what a price depends on; None: it was not known."""
    return {name: None if one.facts is None else one.facts.known[name] for name in PRICED}


def _gap(one: CostGap) -> GapAnswer:
    return GapAnswer(since=one.since, until=one.until, why=one.why, **facts_of(one))


def _stretch(one: PricedStretch) -> StretchAnswer:
    return StretchAnswer(
        since=one.since,
        until=one.until,
        **facts_of(one),
        cost=digits(one.cost),
        converted=None if one.converted is None else digits(one.converted.amount),
        rate_days=[] if one.converted is None else list(one.converted.days),
        price=price(one.stored),
    )
