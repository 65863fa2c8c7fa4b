"""/api/v1/prices: the price book, for looking."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from portal.api import price_csv, price_forms
from portal.api.callers import Reader
from portal.api.csv_form import AS_CSV, Format, wants_csv
from portal.api.forms import Cursor, Filter, Limit, Word, problems
from portal.api.price_fields import At, System, Tenancy, moment_of
from portal.api.price_forms import (
    PriceHistoryPage,
    PricesAnswer,
    PricesPage,
    SourceAnswer,
    SourcesAnswer,
)
from portal.api.state import state_of
from portal.pricing import asking, listing
from portal.pricing.listing import ListedPrices
from prices.book.look_up import WantedPrice
from prices.price import Purchase

router = APIRouter(prefix="/api/v1", tags=["prices"], responses=problems(404))
_Currency = Annotated[
    str | None, Query(pattern="^[A-Z]{3}$", description="Only prices in it; default: any.")
]
_Provider = Annotated[Word, Query(examples=["aws"])]
_Type = Annotated[Word, Query(examples=["m7i.large"])]


@router.get("/prices")
def prices_of_type(  # noqa: PLR0913, PLR0917 - one for each part of the question
    request: Request,
    caller: Reader,
    provider: _Provider,
    instance_type: _Type,
    region: Filter = None,
    zone: Filter = None,
    operating_system: System = "linux",
    tenancy: Tenancy = "shared",
    currency: _Currency = None,
    at: At = None,
) -> PricesAnswer:
    """See what an hour of a type costs on a day: of the zone, the region, or everywhere."""
    wanted = WantedPrice(
        provider=provider,
        at=moment_of(at, "at"),
        region=region or "",
        zone=zone or "",
        instance_type=instance_type,
        operating_system=operating_system,
        tenancy=tenancy,
        currency=currency or "",
    )
    with state_of(request).outside.shelf.opened(caller) as opened:
        found = asking.prices_at(opened, wanted)
    return price_forms.prices(wanted.at, found, [])


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


@router.get("/prices/book", response_model=PricesPage, responses={200: AS_CSV, **problems(404)})
def book(  # noqa: PLR0913, PLR0917 - one for each filter
    request: Request,
    caller: Reader,
    provider: Filter = None,
    region: Filter = None,
    zone: Filter = None,
    instance_type: Filter = None,
    machine: Filter = None,
    operating_system: Filter = None,
    tenancy: Filter = None,
    purchase: Annotated[Purchase | None, Query()] = None,
    currency: _Currency = None,
    source: Filter = None,
    at: Annotated[
        AwareDatetime | None,
        Query(description="Those that hold then; without it all, with their history."),
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    form: Format = None,
) -> PricesPage | Response:
    """List the prices of the book by provider, type and place.

    CSV has the columns of `perfanalysis prices export`; `Next-Cursor` is a header then.
    """
    equal = {
        "provider": provider,
        "region": region,
        "zone": zone,
        "instance_type": instance_type,
        "machine": machine,
        "operating_system": operating_system,
        "tenancy": tenancy,
        "purchase": purchase and str(purchase),
        "currency": currency,
    }
    asked = ListedPrices(equal, source, None if at is None else moment_of(at, "at"))
    with state_of(request).outside.shelf.opened(caller) as opened:
        found = listing.prices(opened, asked, cursor, limit)
    if wants_csv(request, form):
        return price_csv.prices(found)
    rows = [price_forms.price(one) for one in found.rows]
    return PricesPage(prices=rows, next_cursor=found.cursor)


@router.get("/prices/sources")
def sources(request: Request, caller: Reader) -> SourcesAnswer:
    """See where the prices of the book are from, and when the newest of each came."""
    with state_of(request).outside.shelf.opened(caller) as opened:
        found = listing.sources(opened)
    return SourcesAnswer(sources=[SourceAnswer.model_validate(one) for one in found])
