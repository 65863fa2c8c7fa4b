"""/: tests of late, machines, and what somebody should look at."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from portal.api.state import state_of
from portal.inventory.names import names_of
from portal.load_tests import attention, listing
from portal.load_tests.listing import Filters
from portal.pages.rendering import page
from portal.pages.routing import Visitor, pages
from portal.records.base import now

router = pages()
_INVALID_DAYS, _UNTESTED_DAYS = 7, 30
_TESTS, _OF_EACH = 8, 5


@router.get("/")
def overview(request: Request, caller: Visitor) -> Response:
    """The page."""
    at = now()
    with state_of(request).reading(caller) as session:
        tests = listing.tests(session, Filters(), None, _TESTS).rows
        found = attention.needed(
            session,
            invalid_since=at - timedelta(days=_INVALID_DAYS),
            untested_since=at - timedelta(days=_UNTESTED_DAYS),
            limit=_OF_EACH,
        )
        names = names_of(session, {row.machine_id for row in (*tests, *found.invalid)})
        machines = attention.machines_by_state(session)
    return page(
        request,
        "overview",
        tests=tests,
        machines=machines,
        invalid=found.invalid[:_OF_EACH],
        more_invalid=len(found.invalid) > _OF_EACH,
        untested=found.untested[:_OF_EACH],
        more_untested=len(found.untested) > _OF_EACH,
        invalid_days=_INVALID_DAYS,
        untested_days=_UNTESTED_DAYS,
        names=names,
    )
