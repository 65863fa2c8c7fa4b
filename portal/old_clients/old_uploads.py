"""/collectors/manage/upload/ID/: a file of an old collector, as a form of a browser sends it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field
from starlette.datastructures import UploadFile

from perfanalysis.errors import InputError
from portal.api.forms import AnswerForm, problems
from portal.api.state import state_of
from portal.captures import keeping, listing
from portal.captures.keeping import UploadedFile
from portal.captures.looking import look
from portal.old_clients.old_keys import OldAgent

router = APIRouter(tags=["old"])
# What the file's field is called: in the portal's form, and in scripts.
FIELDS = ("uploaded_file", "file")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "uploaded_file": {"type": "string", "format": "binary"},
                        "description": {"type": "string", "maxLength": 2000},
                    },
                    "required": ["uploaded_file"],
                }
            }
        },
    }
}


class UploadAnswer(AnswerForm):
    """The upload, as the old portal named its fields."""

    id: uuid.UUID = Field(description="Of the capture: /api/v1/captures/ID.")
    run: int = Field(description="Its number, which old clients call a run.")
    new: bool = Field(description="False: the same bytes were here already.")
    filename: str | None
    description: str | None
    upload_date: datetime
    file_size: int


class SentFile(AnswerForm):
    """What a form held."""

    data: bytes
    name: str
    description: str


async def sent_file(request: Request) -> SentFile:
    """The file of a form, read within the limits of bodies.

    Raises:
        InputError: there is none.
    """
    # Form data spool beyond a megabyte to a file, which ends with the form.
    async with request.form(max_files=1, max_fields=10, max_part_size=1 << 20) as form:
        for field in FIELDS:
            found = form.get(field)
            if isinstance(found, UploadFile):
                description = form.get("description")
                said = description if isinstance(description, str) else ""
                return SentFile(
                    data=await found.read(), name=found.filename or "", description=said
                )
    raise InputError("form", FIELDS[0], "a file (multipart/form-data)")


@router.post(
    "/collectors/manage/upload/{collector}/",
    responses=problems(404, 408, 409, 413, 415),
    openapi_extra=_BODY,
)
def upload(
    request: Request,
    caller: OldAgent,
    collector: Annotated[
        str,
        Path(
            max_length=64,
            pattern=r"^[A-Za-z0-9-]+$",
            description="The collector's id in the old portal, or a machine's id in this one.",
            examples=["17"],
        ),
    ],
    sent: Annotated[SentFile, Depends(sent_file)],
) -> UploadAnswer:
    """Take a file of an old collector; the same again changes nothing."""
    seen = look(sent.data, "uploaded_file")
    file = UploadedFile(sent.name, sent.description)
    with state_of(request).writing(caller) as session:
        machine = listing.machine_of_old_id(session, collector)
        row, new = keeping.take_file(session, caller, machine, sent.data, seen, file)
        return UploadAnswer(
            id=row.id,
            run=row.number,
            new=new,
            filename=row.file_name,
            description=row.description,
            upload_date=row.received_at,
            file_size=row.size,
        )
