"""What the endpoints of predictions and of plans share: their forms, and how they are answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import AwareDatetime, Field

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api.forms import AnswerForm, Filter
from portal.api.state import state_of
from portal.predictions import keeping
from portal.predictions.keeping import WorkChosen


class WorkFilter:
    """The fields of a list, which FastAPI reads."""

    def __init__(
        self,
        machine: Filter = None,
        machine_id: Annotated[
            uuid.UUID | None,
            Query(description="A machine of the inventory, by any name it ever had."),
        ] = None,
        since: Annotated[AwareDatetime | None, Query(description="Came then or later.")] = None,
        until: Annotated[AwareDatetime | None, Query(description="Came before that.")] = None,
    ) -> None:
        if machine is not None and machine_id is not None:
            raise InputError("request", "machine", "either machine or machine_id")
        self.machine, self.machine_id = machine, machine_id
        self.since, self.until = since, until


Wanted = Annotated[WorkFilter, Depends()]


class WorkDocumentAnswer(AnswerForm):
    """A document that was kept. Amounts are texts: they are exact."""

    id: uuid.UUID
    digest: str = Field(description="SHA-256 of its bytes.")
    size: int = Field(description="In bytes, as it came.")
    received_at: datetime
    received_by: str
    summary: dict[str, Any] | None = Field(description="What stands in it, in short.")


class TakenWorkAnswer(AnswerForm):
    """The document, and whether it is new here."""

    new: bool
    document: WorkDocumentAnswer


class WorkDocumentsPage(AnswerForm):
    """Documents, the newest first."""

    documents: list[WorkDocumentAnswer]
    next_cursor: str | None


def take(
    request: Request, response: Response, caller: Caller, kind: str, body: bytes
) -> TakenWorkAnswer:
    """Keep a document; 201 where it is new, 200 where it was here."""
    read = keeping.read(kind, body)
    with state_of(request).writing(caller) as session:
        row, new = keeping.take(session, caller, kind, body, read)
        answer = TakenWorkAnswer(new=new, document=WorkDocumentAnswer.model_validate(row))
    response.status_code = 201 if new else 200
    return answer


def page(  # noqa: PLR0913, PLR0917 - what a list is of
    request: Request, caller: Caller, kind: str, wanted: WorkFilter, limit: int, cursor: str | None
) -> WorkDocumentsPage:
    """A page of documents."""
    with state_of(request).reading(caller) as session:
        names = None if wanted.machine is None else [wanted.machine]
        if wanted.machine_id is not None:
            names = keeping.names_of(session, wanted.machine_id)
        chosen = WorkChosen(kind, names, wanted.since, wanted.until)
        found = keeping.documents(session, chosen, cursor, limit)
        rows = [WorkDocumentAnswer.model_validate(row) for row in found.rows]
    return WorkDocumentsPage(documents=rows, next_cursor=found.cursor)


def one(request: Request, caller: Caller, kind: str, document: uuid.UUID) -> WorkDocumentAnswer:
    """What is known of a document."""
    with state_of(request).reading(caller) as session:
        return WorkDocumentAnswer.model_validate(keeping.find(session, kind, document))


def content(request: Request, caller: Caller, kind: str, document: uuid.UUID) -> Response:
    """A document as it came."""
    with state_of(request).reading(caller) as session:
        data = keeping.content_of(session, kind, document)
    return Response(data, media_type="application/json")


def remove(request: Request, caller: Caller, kind: str, document: uuid.UUID) -> None:
    """Take a document away."""
    with state_of(request).writing(caller) as session:
        keeping.remove(session, caller, keeping.find(session, kind, document))
