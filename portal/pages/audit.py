"""/audit: who did what."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from portal.access import audit
from portal.api.state import state_of
from portal.pages.rendering import is_part, page
from portal.pages.routing import AdminVisitor, pages

router = pages()
_AT_ONCE = 50


@router.get("/audit")
def log(request: Request, caller: AdminVisitor) -> Response:
    """The log, the newest entry first, or what htmx adds to it."""
    with state_of(request).reading(caller) as session:
        cursor = request.query_params.get("cursor") or None
        found = audit.entries(session, cursor, _AT_ONCE)
    more = found.cursor and f"/audit?cursor={found.cursor}"
    template = "parts/more_audit" if is_part(request) else "audit"
    return page(request, template, entries=found.rows, more=more)
