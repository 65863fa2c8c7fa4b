"""/workload/plans: one of them, its CSV, its document, and how it is taken away."""

from __future__ import annotations

import uuid

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api.csv_form import csv_answer
from portal.api.state import state_of
from portal.inventory.names import machines_named
from portal.pages import planned_view, work_charts
from portal.pages.rendering import page
from portal.pages.routing import Sent, Visitor, WritingVisitor, pages
from portal.predictions import as_rows, keeping, reading
from portal.predictions.document_forms import PlannedSet
from portal.records.work_documents import PLAN

router = pages()


@router.get("/workload/plans/{plan}")
def shown(request: Request, caller: Visitor, plan: uuid.UUID) -> Response:
    """A plan."""
    with state_of(request).reading(caller) as session:
        row = keeping.find(session, PLAN, plan)
        found, fault = _read(keeping.content_of(session, PLAN, plan))
        view = None if found is None else planned_view.view_of(found)
        named = {name for place in view.places for name in place.workloads} if view else set()
        machines = machines_named(session, named)
    return page(
        request,
        "plan",
        document=row,
        fault=fault,
        view=view,
        bars=None if found is None else work_charts.of_machines(found),
        machines=machines,
        may_write="write" in caller.scopes,
    )


def _read(data: bytes) -> tuple[PlannedSet | None, str | None]:
    """What it says; or why it cannot be shown, where another version took it in."""
    try:
        return reading.planned(data), None
    except InputError as error:
        return None, str(error)


@router.get("/workload/plans/{plan}/csv")
def csv(request: Request, caller: Visitor, plan: uuid.UUID) -> Response:
    """Its workloads, a line each."""
    rows = as_rows.plan_rows(reading.planned(_content(request, caller, plan)))
    return csv_answer(f"plan-{plan}.csv", as_rows.PLAN_COLUMNS, rows)


@router.get("/workload/plans/{plan}/document")
def document(request: Request, caller: Visitor, plan: uuid.UUID) -> Response:
    """The document as it came, as a file to keep."""
    kept = {"Content-Disposition": f'attachment; filename="plan-{plan}.json"'}
    data = _content(request, caller, plan)
    return Response(data, media_type="application/json", headers=kept)


@router.post("/workload/plans/{plan}/delete")
def delete(request: Request, caller: WritingVisitor, plan: uuid.UUID, fields: Sent) -> Response:
    """Take it away."""
    del fields
    with state_of(request).writing(caller) as session:
        keeping.remove(session, caller, keeping.find(session, PLAN, plan))
    return RedirectResponse("/workload?kind=plan", 303)


def _content(request: Request, caller: Caller, plan: uuid.UUID) -> bytes:
    with state_of(request).reading(caller) as session:
        return keeping.content_of(session, PLAN, plan)
