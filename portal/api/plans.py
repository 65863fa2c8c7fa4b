"""/api/v1/plans: what `perfanalysis workload plan` prints, kept and listed by machine."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request, Response

from portal.api import work_documents
from portal.api.callers import Agent, Reader, Writer
from portal.api.forms import Cursor, Limit, RawBody, problems, raw_body
from portal.api.work_documents import (
    TakenWorkAnswer,
    Wanted,
    WorkDocumentAnswer,
    WorkDocumentsPage,
)
from portal.records.work_documents import PLAN

router = APIRouter(prefix="/api/v1/plans", tags=["plans"])
SCHEMA = {
    "type": "object",
    "description": "What `perfanalysis workload plan --json` prints; see docs/planning.md.",
    "example": {
        "currency": "USD",
        "price_per_hour": "0.2",
        "price_per_month": "146.0",
        "bound_per_hour": "0.2",
        "gap_ratio": 0.0,
        "search": "ended",
        "machines": [
            {
                "name": "small-1",
                "type": "small",
                "price_per_hour": "0.1",
                "spare": False,
                "workloads": ["web-1", "batch"],
                "peaks": {"memory": {"ratio_of_allowed": 0.56, "at": "Tue 01:00"}},
            }
        ],
        "refused": {},
        "remarks": ["CPU time is compared by units of rmw."],
    },
}


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": TakenWorkAnswer, "description": "It was here already."},
        201: {"description": "It is new, and kept."},
        **problems(408, 409, 413, 415),
    },
    openapi_extra=raw_body(SCHEMA, {"application/json": SCHEMA["example"]}),
)
def take(request: Request, response: Response, caller: Agent, body: RawBody) -> TakenWorkAnswer:
    """Keep what `perfanalysis workload plan --json` printed; the same again changes nothing."""
    return work_documents.take(request, response, caller, PLAN, body)


@router.get("", responses=problems(404))
def plans(
    request: Request, caller: Reader, wanted: Wanted, limit: Limit = 100, cursor: Cursor = None
) -> WorkDocumentsPage:
    """List plans, the newest first; of a machine by its name in them, or by its entry."""
    return work_documents.page(request, caller, PLAN, wanted, limit, cursor)


@router.get("/{plan}", responses=problems(404))
def plan_of(request: Request, caller: Reader, plan: uuid.UUID) -> WorkDocumentAnswer:
    """Look at what is known of a plan."""
    return work_documents.one(request, caller, PLAN, plan)


@router.get(
    "/{plan}/document",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/json": {"schema": {"type": "object"}, "example": SCHEMA["example"]}
            }
        },
        **problems(404),
    },
)
def document_of(request: Request, caller: Reader, plan: uuid.UUID) -> Response:
    """The plan, byte for byte as it came."""
    return work_documents.content(request, caller, PLAN, plan)


@router.delete("/{plan}", status_code=204, responses=problems(404))
def remove(request: Request, caller: Writer, plan: uuid.UUID) -> None:
    """Take a plan away."""
    work_documents.remove(request, caller, PLAN, plan)
