"""Prices of the price book, and what machines cost: amounts are texts, for they are exact."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from msgspec import Struct, field

from perfanalysis.portal_client.calls import Moment, PortalCall, QueryValue
from perfanalysis.portal_client.connection import PortalConnection


class PortalPrice(Struct, frozen=True, kw_only=True):
    """A price of an hour of one whole machine; what is "" is for any."""

    amount: str
    currency: str
    purchase: str
    months: int | None
    payment: str | None
    valid_from: Moment
    imported_at: Moment
    source: str
    provider: str
    region: str
    zone: str
    instance_type: str
    machine: str
    operating_system: str
    tenancy: str


class PortalPrices(Struct, frozen=True, kw_only=True):
    """The prices that count at a moment; None: the book has none that this tenant may see."""

    at: Moment
    on_demand: PortalPrice | None = field(name="list")
    contracted: PortalPrice | None
    effective: PortalPrice | None
    spot: PortalPrice | None
    unknown: list[str]


class PortalPricesPage(Struct, frozen=True, kw_only=True):
    """Prices of the book."""

    prices: list[PortalPrice]
    next_cursor: str | None


class PortalPriceSource(Struct, frozen=True, kw_only=True):
    """Where prices are from, and when the newest of them came."""

    name: str
    newest_import: Moment


class PortalPriceSources(Struct, frozen=True, kw_only=True):
    """Sources by name."""

    sources: list[PortalPriceSource]


class PortalPricedTime(Struct, frozen=True, kw_only=True):
    """A stretch of time with one price, and what the machine was then."""

    since: Moment
    until: Moment
    provider: str | None
    region: str | None
    zone: str | None
    instance_type: str | None
    cost: str
    converted: str | None
    rate_days: list[date]
    price: PortalPrice


class PortalUnpricedTime(Struct, frozen=True, kw_only=True):
    """A stretch of time that is in no sum, and what the machine was then."""

    since: Moment
    until: Moment
    provider: str | None
    region: str | None
    zone: str | None
    instance_type: str | None
    why: str


class PortalCost(Struct, frozen=True, kw_only=True):
    """What a machine cost if it ran all of that time; ``sums`` are by currency."""

    since: Moment
    until: Moment
    purchase: str
    sums: dict[str, str]
    known_seconds: float
    unknown_seconds: float
    retired_seconds: float
    stretches: list[PortalPricedTime]
    stretches_left_out: int
    gaps: list[PortalUnpricedTime]
    gaps_left_out: int
    unknown: list[str]


@dataclass(frozen=True)
class PriceChoice:
    """Which prices of the book; None: any. ``at``: those that hold then; None: all."""

    provider: str | None = None
    region: str | None = None
    zone: str | None = None
    instance_type: str | None = None
    machine: str | None = None
    operating_system: str | None = None
    tenancy: str | None = None
    purchase: str | None = None
    currency: str | None = None
    source: str | None = None
    at: datetime | None = None

    @property
    def query(self) -> dict[str, QueryValue]:
        """As fields behind "?"."""
        at = None if self.at is None else self.at.isoformat()
        return {**vars(self), "at": at}


@dataclass(frozen=True)
class CostQuestion:
    """What a cost is asked for; times have their zone.

    Attributes:
        since, until: of the time; ``until`` None: now.
        purchase: ``list``, ``contracted``, ``effective`` or ``spot``.
        operating_system, tenancy: of the machine.
        currency: to convert to; None: as it is.
        assume_first: take what was first known of the machine for the time before, too.
    """

    since: datetime
    until: datetime | None = None
    purchase: str = "list"
    operating_system: str = "linux"
    tenancy: str = "shared"
    currency: str | None = None
    assume_first: bool = False

    @property
    def query(self) -> dict[str, QueryValue]:
        """As fields behind "?"."""
        until = None if self.until is None else self.until.isoformat()
        return {**vars(self), "since": self.since.isoformat(), "until": until}


_PAGE = ("limit", "cursor")
_PLACE = ("region", "zone", "operating_system", "tenancy", "currency")
_FORM = "format"
OF_TYPE = PortalCall(
    "GET", "/api/v1/prices", PortalPrices, ("provider", "instance_type", *_PLACE, "at")
)
HISTORY = PortalCall(
    "GET",
    "/api/v1/prices/history",
    PortalPricesPage,
    ("provider", "instance_type", *_PLACE, "purchase", *_PAGE),
)
BOOK = PortalCall(
    "GET",
    "/api/v1/prices/book",
    PortalPricesPage,
    (*PriceChoice.__dataclass_fields__, *_PAGE, _FORM),
)
SOURCES = PortalCall("GET", "/api/v1/prices/sources", PortalPriceSources)
OF_MACHINE = PortalCall(
    "GET",
    "/api/v1/machines/{machine}/prices",
    PortalPrices,
    ("operating_system", "tenancy", "currency", "at", "assume_first"),
)
COST = PortalCall(
    "GET",
    "/api/v1/machines/{machine}/cost",
    PortalCost,
    (*CostQuestion.__dataclass_fields__, _FORM),
)


def book(portal: PortalConnection, choice: PriceChoice | None = None) -> Iterator[PortalPrice]:
    """All prices of a choice, by provider, type and place."""
    query = (choice or PriceChoice()).query
    return portal.rows(BOOK, lambda page: page.prices, query=query)


def sources(portal: PortalConnection) -> list[PortalPriceSource]:
    """Where the prices are from."""
    return portal.ask(SOURCES).sources


def of_type(
    portal: PortalConnection, provider: str, instance_type: str, **more: QueryValue
) -> PortalPrices:
    """What an hour of a type costs; ``more`` are other fields of ``OF_TYPE``."""
    query = {"provider": provider, "instance_type": instance_type, **more}
    return portal.ask(OF_TYPE, query=query)


def history(
    portal: PortalConnection, provider: str, instance_type: str, **more: QueryValue
) -> Iterator[PortalPrice]:
    """How the prices of a type changed, the newest first; ``more`` are fields of ``HISTORY``."""
    query = {"provider": provider, "instance_type": instance_type, **more}
    return portal.rows(HISTORY, lambda page: page.prices, query=query)


def of_machine(portal: PortalConnection, machine: uuid.UUID, **more: QueryValue) -> PortalPrices:
    """What an hour of a machine costs; ``more`` are fields of ``OF_MACHINE``."""
    return portal.ask(OF_MACHINE, {"machine": str(machine)}, more)


def cost(portal: PortalConnection, machine: uuid.UUID, asked: CostQuestion) -> PortalCost:
    """What a machine cost over a time, by what it was at each moment of it."""
    return portal.ask(COST, {"machine": str(machine)}, asked.query)
