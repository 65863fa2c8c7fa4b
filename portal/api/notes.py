"""/api/v1/tests/{test_id}/notes: what people say of a test."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from portal.api.callers import Reader, Writer
from portal.api.forms import AnswerForm, Cursor, Limit, RequestForm, TestId, problems
from portal.api.state import state_of
from portal.load_tests import annotating

router = APIRouter(prefix="/api/v1/tests/{test_id}/notes", tags=["notes"], responses=problems(404))
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class NewNote(RequestForm):
    """What is to be said."""

    text: _Text = Field(examples=["Before the kernel was updated."])


class NoteAnswer(AnswerForm):
    """A note."""

    id: uuid.UUID
    text: str
    written_at: datetime
    written_by: str


class NotesPage(AnswerForm):
    """Notes, the oldest first."""

    notes: list[NoteAnswer]
    next_cursor: str | None


@router.post("", status_code=201)
def add(request: Request, caller: Writer, test_id: TestId, said: NewNote) -> NoteAnswer:
    """Add a note."""
    with state_of(request).writing(caller) as session:
        row = annotating.add_note(session, caller, test_id, said.text)
        return NoteAnswer.model_validate(row)


@router.get("")
def notes(
    request: Request, caller: Reader, test_id: TestId, limit: Limit = 100, cursor: Cursor = None
) -> NotesPage:
    """Read a test's notes."""
    with state_of(request).reading(caller) as session:
        found = annotating.notes(session, test_id, cursor, limit)
        rows = [NoteAnswer.model_validate(row) for row in found.rows]
    return NotesPage(notes=rows, next_cursor=found.cursor)


@router.delete("/{note}", status_code=204)
def remove(request: Request, caller: Writer, test_id: TestId, note: uuid.UUID) -> None:
    """Take a note away."""
    with state_of(request).writing(caller) as session:
        annotating.remove_note(session, caller, test_id, note)
