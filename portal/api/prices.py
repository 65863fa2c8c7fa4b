"""/api/v1/prices: the price book, for looking; and what a machine of the inventory costs."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api import price_forms
from portal.api.callers import Reader
from portal.api.forms import Cursor, Filter, Limit, Word, problems
from portal.api.price_forms import CostAnswer, PriceHistoryPage, PricesAnswer
from portal.api.state import state_of
from portal.inventory import changing
from portal.pricing import asking
from portal.records.base import EPOCH
from portal.records.machines import MachineEntryRow
from prices.book.look_up import WantedPrice

router = APIRouter(prefix="/api/v1", tags=["prices"], responses=problems(404))
MOST_DAYS = 3660
_At = Annotated[AwareDatetime | None, Query(description="When; default: now.")]
_System = Annotated[Word, Query(description="Of the machine, such as linux or windows.")]
_Tenancy = Annotated[str, Query(pattern="^(shared|dedicated|host)$")]
_Currency = Annotated[
    str | None, Query(pattern="^[A-Z]{3}$", description="Only prices in it; default: any.")
]
_Provider = Annotated[Word, Query(examples=["aws"])]
_Type = Annotated[Word, Query(examples=["m7i.large"])]


class PriceKind(StrEnum):
    """On which terms: the list price, negotiated, what was paid, or spot."""

    LIST = "list"
    CONTRACTED = "contracted"
    EFFECTIVE = "effective"
    SPOT = "spot"


@router.get("/prices")
def prices_of_type(  # noqa: PLR0913, PLR0917 - one for each part of the question
    request: Request,
    caller: Reader,
    provider: _Provider,
    instance_type: _Type,
    region: Filter = None,
    zone: Filter = None,
    operating_system: _System = "linux",
    tenancy: _Tenancy = "shared",
    currency: _Currency = None,
    at: _At = None,
) -> PricesAnswer:
    """See what an hour of a type costs on a day: of the zone, the region, or everywhere."""
    wanted = WantedPrice(
        provider=provider,
        at=_moment(at, "at"),
        region=region or "",
        zone=zone or "",
        instance_type=instance_type,
        operating_system=operating_system,
        tenancy=tenancy,
        currency=currency or "",
    )
    return _prices(request, caller, wanted, [])


@router.get("/prices/history")
def history(  # noqa: PLR0913, PLR0917 - one for each filter
    request: Request,
    caller: Reader,
    provider: _Provider,
    instance_type: _Type,
    region: Filter = None,
    zone: Filter = None,
    operating_system: Filter = None,
    tenancy: Filter = None,
    purchase: Filter = None,
    currency: _Currency = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> PriceHistoryPage:
    """See how the prices of a type changed, the newest first."""
    equal = {
        "provider": provider,
        "instance_type": instance_type,
        "region": region,
        "zone": zone,
        "operating_system": operating_system,
        "tenancy": tenancy,
        "purchase": purchase,
        "currency": currency,
    }
    with state_of(request).outside.shelf.opened(caller) as opened:
        found = asking.history(opened, equal, cursor, limit)
    rows = [price_forms.price(one) for one in found.rows]
    return PriceHistoryPage(prices=rows, next_cursor=found.cursor)


@router.get("/machines/{machine}/prices")
def prices_of_machine(  # noqa: PLR0913, PLR0917 - one for each part of the question
    request: Request,
    caller: Reader,
    machine: uuid.UUID,
    operating_system: _System = "linux",
    tenancy: _Tenancy = "shared",
    currency: _Currency = None,
    at: _At = None,
) -> PricesAnswer:
    """See what an hour of a machine costs on a day: its own price, or its type's.

    Provider, place and type are those of its entry now.
    """
    row = _machine(request, caller, machine)
    wanted = _wanted(row, _moment(at, "at"), operating_system, tenancy, currency or "")
    return _prices(request, caller, wanted, _missing(row))


@router.get("/machines/{machine}/cost")
def cost_of_machine(  # noqa: PLR0913, PLR0917 - one for each part of the question
    request: Request,
    caller: Reader,
    machine: uuid.UUID,
    since: Annotated[AwareDatetime, Query(examples=["2026-01-01T00:00:00Z"])],
    until: Annotated[AwareDatetime | None, Query(description="Default: now.")] = None,
    purchase: PriceKind = PriceKind.LIST,
    operating_system: _System = "linux",
    tenancy: _Tenancy = "shared",
    currency: Annotated[
        str | None, Query(pattern="^[A-Z]{3}$", description="To convert to; default: as it is.")
    ] = None,
) -> CostAnswer:
    """See what a machine cost over a time, if it ran all of it, from the history of its price.

    What is converted is at the rate of the first day of each stretch with one price.
    """
    start, end = _moment(since, "since"), _moment(until, "until")
    if not start < end:
        raise InputError("request", "since", "a moment before the end", start.isoformat())
    if end - start > timedelta(days=MOST_DAYS):
        raise InputError("request", "since", f"at most {MOST_DAYS} days before the end")
    row = _machine(request, caller, machine)
    shelf = state_of(request).outside.shelf
    wanted = _wanted(row, end, operating_system, tenancy, "", purchase)
    with shelf.opened(caller) as opened:
        found = asking.cost(opened, wanted, start, currency, shelf.rates)
    answer = price_forms.cost(found, start, end, purchase.value)
    return answer.model_copy(update={"unknown": [*_missing(row), *answer.unknown]})


def _machine(request: Request, caller: Caller, machine: uuid.UUID) -> MachineEntryRow:
    with state_of(request).reading(caller) as session:
        return changing.find(session, machine)


def _prices(
    request: Request, caller: Caller, wanted: WantedPrice, unknown: list[str]
) -> PricesAnswer:
    with state_of(request).outside.shelf.opened(caller) as opened:
        found = asking.prices_at(opened, wanted)
    return price_forms.prices(wanted.at, found, unknown)


def _wanted(  # noqa: PLR0913, PLR0917 - what a price is asked for
    row: MachineEntryRow,
    at: datetime,
    operating_system: str,
    tenancy: str,
    currency: str,
    kind: PriceKind = PriceKind.LIST,
) -> WantedPrice:
    return WantedPrice(
        provider=row.provider or "",
        at=at,
        region=row.region or "",
        zone=row.zone or "",
        instance_type=row.instance_type or "",
        machines=(row.name,),
        operating_system=operating_system,
        tenancy=tenancy,
        purchase=asking.KINDS[kind],
        currency=currency,
    )


def _missing(row: MachineEntryRow) -> list[str]:
    """What the inventory does not say of a machine, and a price depends on."""
    names = ("provider", "region", "instance_type")
    return [f"the machine's {name} is not known" for name in names if getattr(row, name) is None]


def _moment(said: datetime | None, name: str) -> datetime:
    """In UTC.

    Raises:
        InputError: it is before 1970, or beyond what can be reckoned with.
    """
    if said is None:
        return datetime.now(UTC)
    try:
        moment = said.astimezone(UTC)
    except OverflowError as error:
        raise InputError("request", name, "a moment of this age") from error
    if not EPOCH <= moment < datetime(9000, 1, 1, tzinfo=UTC):
        raise InputError("request", name, "a moment from 1970 on", said.isoformat())
    return moment
