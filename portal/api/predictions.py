"""/api/v1/predictions: what `perfanalysis workload predict` prints, kept and listed by machine."""

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
from portal.records.work_documents import PREDICTION

router = APIRouter(prefix="/api/v1/predictions", tags=["predictions"])
SCHEMA = {
    "type": "array",
    "items": {"type": "object"},
    "description": "What `perfanalysis workload predict --json` prints; see docs/prediction.md.",
    "example": [
        {
            "machine": "web-1",
            "finding": {"state": "over-sized", "used": {"cpu": 0.2}},
            "cheapest": "small",
            "candidates": [
                {
                    "name": "small",
                    "purchase": "on_demand",
                    "measured": True,
                    "price_per_month": "73.0",
                    "saving_per_month": "73.0",
                    "currency": "USD",
                }
            ],
            "remarks": [],
        }
    ],
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
    """Keep what `perfanalysis workload predict --json` printed; the same again changes nothing."""
    return work_documents.take(request, response, caller, PREDICTION, body)


@router.get("", responses=problems(404))
def predictions(
    request: Request, caller: Reader, wanted: Wanted, limit: Limit = 100, cursor: Cursor = None
) -> WorkDocumentsPage:
    """List predictions, the newest first; of a machine by its name in them, or by its entry."""
    return work_documents.page(request, caller, PREDICTION, wanted, limit, cursor)


@router.get("/{prediction}", responses=problems(404))
def prediction_of(request: Request, caller: Reader, prediction: uuid.UUID) -> WorkDocumentAnswer:
    """Look at what is known of a prediction."""
    return work_documents.one(request, caller, PREDICTION, prediction)


@router.get(
    "/{prediction}/document",
    response_class=Response,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "array"}}}},
        **problems(404),
    },
)
def document_of(request: Request, caller: Reader, prediction: uuid.UUID) -> Response:
    """The prediction, byte for byte as it came."""
    return work_documents.content(request, caller, PREDICTION, prediction)


@router.delete("/{prediction}", status_code=204, responses=problems(404))
def remove(request: Request, caller: Writer, prediction: uuid.UUID) -> None:
    """Take a prediction away."""
    work_documents.remove(request, caller, PREDICTION, prediction)
