"""/workload: the list of predictions and of plans."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.api.state import state_of
from portal.inventory.names import machine_named, machines_named
from portal.pages import history_filter, work_rows
from portal.pages.rendering import is_part, page
from portal.pages.routing import Visitor, pages
from portal.predictions import keeping
from portal.predictions.keeping import WorkChosen
from portal.records.tenant_session import TenantSession
from portal.records.work_documents import PLAN, PREDICTION

router = pages()
_FIELDS = ("kind", "machine", "since", "until")
_AT_ONCE = 25


@router.get("/workload")
def workload(request: Request, caller: Visitor, cursor: str | None = None) -> Response:
    """The list, or what htmx adds to it."""
    given = {name: request.query_params.get(name, "").strip() for name in _FIELDS}
    if given["kind"] not in {"", PREDICTION, PLAN}:
        raise InputError("filter", "kind", "prediction or plan", given["kind"][:50])
    kind = given["kind"] or PREDICTION
    since = history_filter.day(given["since"], "since")
    until = history_filter.day(given["until"], "until")
    until = None if until is None else until + timedelta(days=1)
    with state_of(request).reading(caller) as session:
        names = _names(session, given["machine"])
        chosen = WorkChosen(kind, names, since, until)
        found = keeping.documents(session, chosen, cursor or None, _AT_ONCE)
        rows = [work_rows.row_of(row, names or ()) for row in found.rows]
        machines = machines_named(session, {row.machine for row in rows if row.machine})
    asked = {name: value for name, value in given.items() if value}
    more = found.cursor and f"/workload?{urlencode({**asked, 'cursor': found.cursor})}"
    return page(
        request,
        "parts/more_work" if is_part(request) else "workload",
        rows=rows,
        machines=machines,
        kind=kind,
        chosen=given,
        filtered=set(asked) - {"kind"},
        more=more,
        portal=str(request.base_url).rstrip("/"),
    )


def _names(session: TenantSession, machine: str) -> list[str] | None:
    """The names that a machine may have in documents; None: any machine."""
    if not machine:
        return None
    if len(machine) > 200 or not machine.isprintable():
        raise InputError("filter", "machine", "a name of at most 200 characters")
    entry: uuid.UUID | None = machine_named(session, machine)
    return [machine] if entry is None else keeping.names_of(session, entry)
