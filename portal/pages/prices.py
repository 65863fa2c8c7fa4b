"""/prices: the price book, by filters and on a day, and where its prices are from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api import price_csv
from portal.api.price_fields import moment_of
from portal.api.state import PortalState, state_of
from portal.inventory import of_types
from portal.pages import price_links
from portal.pages.rendering import is_part, page
from portal.pages.routing import Visitor, pages
from portal.pricing import listing
from portal.pricing.listing import ListedPrices
from portal.records.faults import NotNowError, NotSetUpError
from portal.records.paging import Paged
from prices.book.rows import StoredPrice
from prices.price import Purchase

router = pages()
SHOWN = ("provider", "instance_type", "region", "operating_system", "currency")
_WORDS = (*SHOWN, "zone", "machine", "tenancy", "purchase", "source")
_AT_ONCE, _MOST_WORD, MOST_LINES = 25, 200, 10_000


@router.get("/prices")
def prices(request: Request, caller: Visitor) -> Response:
    """The list, or what htmx adds to it."""
    state, given = state_of(request), request.query_params
    chosen = _chosen(given)
    values: dict[str, Any] = {
        "chosen": chosen,
        "shown": SHOWN,
        "purchases": [str(one) for one in Purchase],
        "most_lines": MOST_LINES,
        "csv": f"/prices/csv?{urlencode(_said(chosen))}",
    }
    try:
        values |= _all_of(state, caller, chosen, given.get("cursor") or None, is_part(request))
    except NotSetUpError:
        return page(request, "prices", rows=[], sources=[], more=None, why=None, **values)
    except NotNowError as error:
        why = f"{error}: try again"
        return page(request, "prices", 503, rows=[], sources=[], more=None, why=why, **values)
    template = "parts/more_prices" if is_part(request) else "prices"
    return page(request, template, why=None, **values)


@router.get("/prices/csv")
def as_csv(request: Request, caller: Visitor) -> Response:
    """The same prices as a file, which `prices import` reads."""
    chosen = _chosen(request.query_params)
    try:
        with state_of(request).outside.shelf.opened(caller) as opened:
            found = listing.prices(opened, _asked(chosen), None, MOST_LINES)
    except NotSetUpError:
        found = Paged([], None)
    except NotNowError as error:
        # A file without a price would look like a book without any.
        raise HTTPException(503, f"{error}: try again", {"Retry-After": "1"}) from error
    return price_csv.prices(found)


def _all_of(
    state: PortalState, caller: Caller, chosen: Mapping[str, str], cursor: str | None, part: bool
) -> dict[str, Any]:
    with state.outside.shelf.opened(caller) as opened:
        found = listing.prices(opened, _asked(chosen), cursor, _AT_ONCE)
        sources = [] if part else listing.sources(opened)
    types = {one.price.instance_type for one in found.rows}
    with state.reading(caller) as session:
        counted = of_types.counted(session, types)
    more = {**_said(chosen), "cursor": found.cursor}
    return {
        "rows": [_row(one, counted) for one in found.rows],
        "sources": sources,
        "more": found.cursor and f"/prices?{urlencode(more)}",
    }


def _row(stored: StoredPrice, counted: list[of_types.MachinesOfType]) -> dict[str, Any]:
    machines, link = price_links.machines_of(stored, counted)
    return {"price": stored.price, "imported_at": stored.imported_at} | {
        "machines": machines,
        "machines_link": link,
    }


def _chosen(given: Mapping[str, str]) -> dict[str, str]:
    """What stands in each field.

    Raises:
        InputError: a word is none.
    """
    found = {name: given.get(name, "").strip() for name in (*_WORDS, "at", "all")}
    for name, value in found.items():
        if len(value) > _MOST_WORD or not value.isprintable():
            raise InputError("filter", name, f"text of at most {_MOST_WORD} characters")
    return found


def _said(chosen: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in chosen.items() if value}


def _asked(chosen: Mapping[str, str]) -> ListedPrices:
    equal = {name: chosen[name] or None for name in _WORDS if name != "source"}
    at = None if chosen["all"] else _moment(chosen["at"])
    return ListedPrices(equal, chosen["source"] or None, at)


def _moment(text: str) -> datetime:
    """What a field for day and time has, in UTC; nothing: now.

    Raises:
        InputError: it is no moment.
    """
    try:
        said = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError("filter", "at", "a day such as 2026-11-30", text[:50]) from error
    if said is not None and said.tzinfo is None:
        said = said.replace(tzinfo=UTC)
    return moment_of(said, "at")
