"""/api/v1/machines/ID/prices and cost: what a machine costs, by what it was at each moment."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api import price_csv, price_forms
from portal.api.callers import Reader
from portal.api.csv_form import AS_CSV, Format, wants_csv
from portal.api.forms import problems
from portal.api.price_fields import At, PriceKind, System, Tenancy, moment_of
from portal.api.price_forms import CostAnswer, PricesAnswer
from portal.api.state import PortalState, state_of
from portal.inventory import changing, held_facts
from portal.pricing import asking, costs
from portal.pricing.costs import NOT_YET, AskedCost, TimeCost

router = APIRouter(prefix="/api/v1", tags=["prices"], responses=problems(404))
MOST_DAYS = 3660
_INSTANT = timedelta(microseconds=1)
_AssumeFirst = Annotated[
    bool,
    Query(description="Take what was first known of the machine for the time before, too."),
]

_Purchase = Annotated[
    PriceKind,
    Query(
        description="By which price all of the time counts: the inventory does not know how a "
        "machine was bought. list: the one on demand."
    ),
]


@router.get("/machines/{machine}/prices")
def prices_of_machine(  # noqa: PLR0913, PLR0917 - one for each part of the question
    request: Request,
    caller: Reader,
    machine: uuid.UUID,
    operating_system: System = "linux",
    tenancy: Tenancy = "shared",
    currency: Annotated[
        str | None, Query(pattern="^[A-Z]{3}$", description="Only prices in it; default: any.")
    ] = None,
    at: At = None,
    assume_first: _AssumeFirst = False,
) -> PricesAnswer:
    """See what an hour of a machine costs at a moment: its own price, or that of its type then."""
    state, moment = state_of(request), moment_of(at, "at")
    with state.reading(caller) as session:
        row = changing.find(session, machine)
        end = moment + _INSTANT
        held = held_facts.held(session, row, moment, end, first_for_before=assume_first)
    if not held:
        return price_forms.prices(moment, dict.fromkeys(asking.KINDS), [NOT_YET])
    asked = AskedCost(row.name, moment, end, "list", operating_system, tenancy)
    wanted = replace(asked.wanted(held[0]), at=moment, currency=currency or "")
    with state.outside.shelf.opened(caller) as opened:
        found = asking.prices_at(opened, wanted)
    missing = [f"the machine's {name} is not known" for name in held[0].missing]
    return price_forms.prices(moment, found, missing)


@router.get(
    "/machines/{machine}/cost", response_model=CostAnswer, responses={200: AS_CSV, **problems(404)}
)
def cost_of_machine(  # noqa: PLR0913, PLR0917 - one for each part of the question
    request: Request,
    caller: Reader,
    machine: uuid.UUID,
    since: Annotated[AwareDatetime, Query(examples=["2026-01-01T00:00:00Z"])],
    until: Annotated[AwareDatetime | None, Query(description="Default: now.")] = None,
    purchase: _Purchase = PriceKind.LIST,
    operating_system: System = "linux",
    tenancy: Tenancy = "shared",
    currency: Annotated[
        str | None, Query(pattern="^[A-Z]{3}$", description="To convert to; default: as it is.")
    ] = None,
    assume_first: _AssumeFirst = False,
    form: Format = None,
) -> CostAnswer | Response:
    """See what a machine cost over a time, if it ran all of it.

    Each moment counts by the type and place that the machine had then, as the history of its entry
    says, and by the price that held then: where one changes within a day, the day is cut there.
    Time before the inventory knew the machine is unknown. What is converted is at the rate of the
    first day of each stretch with one price.
    """
    start, end = moment_of(since, "since"), moment_of(until, "until")
    asked = AskedCost("", start, end, purchase.value, operating_system, tenancy, currency)
    asked, found = look_up(state_of(request), caller, machine, asked, assume_first=assume_first)
    return price_csv.cost(found) if wants_csv(request, form) else price_forms.cost(found, asked)


def look_up(
    state: PortalState, caller: Caller, machine: uuid.UUID, asked: AskedCost, *, assume_first: bool
) -> tuple[AskedCost, TimeCost]:
    """What a time of a machine cost, and what was asked for, with the machine's name.

    Raises:
        InputError: the time is none, or too long.
        NotThereError, NotSetUpError, NotNowError: there is no such machine, or no book now.
    """
    start, end = asked.since, asked.until
    if not start < end:
        raise InputError("request", "since", "a moment before the end", start.isoformat())
    if end - start > timedelta(days=MOST_DAYS):
        raise InputError("request", "since", f"at most {MOST_DAYS} days before the end")
    with state.reading(caller) as session:
        row = changing.find(session, machine)
        held = held_facts.held(session, row, start, end, first_for_before=assume_first)
    asked, shelf = replace(asked, machine=row.name), state.outside.shelf
    with shelf.opened(caller) as opened:
        return asked, costs.cost(opened, asked, held, shelf.rates)
