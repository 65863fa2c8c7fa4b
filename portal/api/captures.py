"""/api/v1/captures: what old collectors uploaded, for `perfanalysis import capture`."""

from __future__ import annotations

import uuid
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from portal.api.callers import Reader, Writer
from portal.api.forms import AnswerForm, Cursor, Limit, problems
from portal.api.state import state_of
from portal.captures import keeping, listing
from portal.records.faults import NotThereError

router = APIRouter(prefix="/api/v1/captures", tags=["captures"], responses=problems(404))


class CaptureAnswer(AnswerForm):
    """A capture; null is unknown."""

    id: uuid.UUID
    number: int = Field(description="What old clients call a run.")
    machine_id: uuid.UUID
    form: str = Field(
        description="flat, nested, portal CSV, container CSV, or other; by its first line."
    )
    file_name: str | None
    description: str | None
    site_number: int | None = Field(description="In the old system's numbers.")
    host_number: int | None
    began_at: datetime | None = Field(description="The first time in it.")
    ended_at: datetime | None
    size: int = Field(description="Bytes; 0: its bytes are not here.")
    received_at: datetime
    received_by: str


class CapturesPage(AnswerForm):
    """Captures, the newest first."""

    captures: list[CaptureAnswer]
    next_cursor: str | None


@router.get("")
def captures(
    request: Request,
    caller: Reader,
    machine_id: uuid.UUID | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> CapturesPage:
    """List captures, the newest first; of a machine, those of its merged entries too."""
    with state_of(request).reading(caller) as session:
        entries = None if machine_id is None else listing.entries_of(session, machine_id)
        found = listing.captures(session, entries, cursor, limit)
        rows = [CaptureAnswer.model_validate(row) for row in found.rows]
    return CapturesPage(captures=rows, next_cursor=found.cursor)


@router.get("/{capture}")
def capture_of(request: Request, caller: Reader, capture: uuid.UUID) -> CaptureAnswer:
    """Look at what is known of a capture."""
    with state_of(request).reading(caller) as session:
        return CaptureAnswer.model_validate(listing.find(session, capture))


@router.get(
    "/{capture}/content",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}},
)
def content_of(request: Request, caller: Reader, capture: uuid.UUID) -> StreamingResponse:
    """The capture as it came; what came tick by tick in the order of its times.

    `perfanalysis import capture` reads it, and brings it into Prometheus.
    """
    state = state_of(request)
    with state.reading(caller) as session:
        row = listing.find(session, capture)
        if not row.size:
            raise NotThereError("content here of the capture", row.number)
    pieces = keeping.content(state.engine, caller.tenant, row.id)
    head = {"Content-Disposition": f'attachment; filename="capture-{row.number}"'}
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=head)


@router.delete("/{capture}", status_code=204)
def remove(request: Request, caller: Writer, capture: uuid.UUID) -> None:
    """Take a capture away, with its bytes."""
    with state_of(request).writing(caller) as session:
        keeping.remove(session, caller, listing.find(session, capture))
