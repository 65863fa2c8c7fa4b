"""/machines/ID/cost: what a machine cost on a day or over a time; and its price now."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api import machine_costs
from portal.api.price_forms import MOST_STRETCHES, facts_of
from portal.api.state import PortalState, state_of
from portal.inventory import changing, held_facts
from portal.pages import history_filter, price_links
from portal.pages.rendering import page
from portal.pages.routing import Visitor, pages
from portal.pricing import asking
from portal.pricing.costs import AskedCost, CostGap, PricedStretch, TimeCost, seconds
from portal.records.base import now
from portal.records.faults import NotNowError, NotSetUpError
from portal.records.machines import MachineEntryRow

router = pages()
TENANCIES = ("shared", "dedicated", "host")
# What is counted, since nobody told how the machine was bought.
_COUNTED = {
    "list": "the list price on demand",
    "contracted": "the negotiated price on demand",
    "effective": "what was paid in the end",
    "spot": "the spot price",
}
_DAYS, _DAY, _INSTANT = 30, timedelta(days=1), timedelta(microseconds=1)
_MOST_WORD = 200


@router.get("/machines/{machine}/cost")
def cost(request: Request, caller: Visitor, machine: uuid.UUID) -> Response:
    """What a machine cost."""
    state, chosen = state_of(request), chosen_of(request.query_params)
    with state.reading(caller) as session:
        row = changing.find(session, machine)
    asked = _asked(row, chosen)
    found, why = None, None
    try:
        asked, found = machine_costs.look_up(
            state, caller, machine, asked, assume_first=bool(chosen["assume"])
        )
    except (NotSetUpError, NotNowError) as error:
        why = str(error)
    shown = _shown(found) if found else {}
    csv = f"/api/v1/machines/{machine}/cost?{urlencode(_for_csv(asked, chosen))}"
    values: dict[str, Any] = {"machine": row, "why": why, "csv": csv, "asked": asked}
    return page(request, "machine_cost", **values, **form_of(chosen), **shown)


def form_of(chosen: Mapping[str, str]) -> dict[str, Any]:
    """What the form needs that asks for a cost."""
    return {"chosen": chosen, "kinds": _COUNTED, "tenancies": TENANCIES}


def chosen_of(given: Mapping[str, str]) -> dict[str, str]:
    """What stands in each field: by itself the last days until today."""
    today = now().date()
    usual = {
        "from": str(today - timedelta(days=_DAYS - 1)),
        "to": str(today),
        "purchase": "list",
        "currency": "",
        "operating_system": "linux",
        "tenancy": "shared",
        "assume": "",
    }
    return {name: given.get(name, "").strip()[:_MOST_WORD] or usual[name] for name in usual}


def prices_now(state: PortalState, caller: Caller, row: MachineEntryRow) -> dict[str, Any]:
    """What an hour of a machine costs now, by kind, with the page of that price; or why not."""
    at = now()
    with state.reading(caller) as session:
        held = held_facts.held(session, row, at, at + _INSTANT)
    if not held or not held[0].in_service:
        return {"prices": [], "no_price": f"This machine is {row.state}."}
    wanted = AskedCost(row.name, at, at).wanted(held[0])
    try:
        with state.outside.shelf.opened(caller) as opened:
            found = asking.prices_at(opened, wanted)
    except (NotSetUpError, NotNowError) as error:
        return {"prices": [], "no_price": str(error)}
    shown = [(kind, one, price_links.to_price(one)) for kind, one in found.items() if one]
    missing = " and ".join(held[0].missing)
    why = f"The machine's {missing} is not known." if missing else "The price book has none."
    return {"prices": shown, "no_price": why}


def _asked(row: MachineEntryRow, chosen: Mapping[str, str]) -> AskedCost:
    """What the fields ask for.

    Raises:
        InputError: one of them cannot be.
    """
    start, end = (_day(chosen[name], name) for name in ("from", "to"))
    if start > now():
        raise InputError("cost", "from", "a day that has begun", chosen["from"][:50])
    # What has not come yet has cost nothing yet.
    until = min(end + _DAY, now())
    currency = chosen["currency"].upper()
    if currency and (len(currency) != 3 or not currency.isascii() or not currency.isalpha()):
        raise InputError("cost", "currency", "three letters such as EUR", currency[:50])
    if chosen["purchase"] not in asking.KINDS:
        raise InputError("cost", "purchase", f"one of {', '.join(asking.KINDS)}")
    if chosen["tenancy"] not in TENANCIES:
        raise InputError("cost", "tenancy", f"one of {', '.join(TENANCIES)}")
    system = chosen["operating_system"]
    if not system.isprintable():
        raise InputError("cost", "operating_system", "such as linux or windows")
    return AskedCost(
        row.name, start, until, chosen["purchase"], system, chosen["tenancy"], currency or None
    )


def _day(text: str, name: str) -> datetime:
    found = history_filter.day(text, name)
    if found is None:
        raise InputError("cost", name, "a day such as 2026-11-30")
    return found


def _for_csv(asked: AskedCost, chosen: Mapping[str, str]) -> dict[str, str]:
    said = {
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "purchase": asked.kind,
        "operating_system": asked.operating_system,
        "tenancy": asked.tenancy,
        "currency": asked.currency or "",
        "assume_first": "true" if chosen["assume"] else "",
        "format": "csv",
    }
    return {name: value for name, value in said.items() if value}


def _shown(found: TimeCost) -> dict[str, Any]:
    parts: list[PricedStretch | CostGap] = [*found.stretches, *found.gaps]
    parts.sort(key=lambda one: one.since)
    return {
        "sums": dict(sorted(found.sums.items())),
        "unconverted": found.unconverted,
        "lengths": [
            (name, length)
            for name, length in (
                ("with a price", found.known_seconds),
                ("without one, in no sum", found.unknown_seconds),
                ("retired, in no sum", found.retired_seconds),
            )
            if length
        ],
        "parts": [_part(one) for one in parts[:MOST_STRETCHES]],
        "left_out": max(0, len(parts) - MOST_STRETCHES),
    }


def _part(one: PricedStretch | CostGap) -> dict[str, Any]:
    found: dict[str, Any] = {"since": one.since, "until": one.until, "facts": facts_of(one)}
    found["seconds"] = seconds(one.since, one.until)
    if isinstance(one, CostGap):
        return found | {"why": one.why}
    price, rate = one.stored.price, one.converted
    return found | {
        "why": None,
        "price": price,
        "link": price_links.to_price(one.stored),
        "cost": one.cost,
        "converted": None if rate is None else rate.amount,
    }
