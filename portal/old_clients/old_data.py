"""/v1/data: what old collectors send, tick by tick or as a whole capture."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api.forms import AnswerForm, RawBody, Word, problems, raw_body
from portal.api.state import state_of
from portal.captures import keeping
from portal.captures.keeping import UploadedFile
from portal.captures.looking import OTHER, look
from portal.captures.ticks import read_ticks
from portal.inventory import registering
from portal.inventory.facts import MachineFacts
from portal.old_clients.old_keys import OldAgent
from portal.records.machines import MachineEntryRow
from portal.records.tenant_session import TenantSession

router = APIRouter(tags=["old"])
WHERE = "body"
SCHEMA = {
    "type": "object",
    "description": "Records of a flat capture, alone, as measurements or as metrics; or a whole "
    "capture: JSON lines or CSV, plain or gzip.",
    "example": {
        "identifier": "web-1",
        "measurements": [
            {
                "timestamp": 1767829424,
                "subsystem": "/proc/stat",
                "measurement": "cpu  4608 0 1180 73188 1082 0 106 0 0 0\n",
            }
        ],
    },
}


class SentAnswer(AnswerForm):
    """What became of it."""

    status: str = Field(description="received, or known: it was here already")
    metrics_count: int | None = Field(description="Records; null: a whole capture.")
    machine: str
    run: int = Field(description="The number of the capture that it is in.")


@router.post(
    "/v1/data",
    responses=problems(408, 409, 413, 415),
    openapi_extra=raw_body(SCHEMA, {"application/json": SCHEMA["example"]}),
)
def data(
    request: Request,
    caller: OldAgent,
    body: RawBody,
    machine: Annotated[
        Word | None, Query(description="Whose it is, where the body does not say it.")
    ] = None,
) -> SentAnswer:
    """Take what an old collector sends; the same again changes nothing.

    Ticks are kept with those of their day. Whose they are says `identifier`, or `machine`; else it
    is the machine that the key is called after, since an old key was of one collector.
    """
    sent = read_ticks(body, WHERE)
    seen = look(body, WHERE) if sent is None else None
    if seen is not None and seen.form == OTHER:
        expected = "records of timestamp, subsystem and measurement, or a whole capture"
        raise InputError(WHERE, "", expected)
    name = (sent.machine if sent is not None else "") or machine
    with state_of(request).writing(caller) as session:
        row = _machine(session, caller, name)
        if sent is not None:
            capture, new = keeping.take_ticks(session, caller, row, sent)
        else:
            assert seen is not None
            capture, new = keeping.take_file(session, caller, row, body, seen, UploadedFile())
        return SentAnswer(
            status="received" if new else "known",
            metrics_count=None if sent is None else sent.count,
            machine=row.name,
            run=capture.number,
        )


def _machine(session: TenantSession, caller: Caller, name: str | None) -> MachineEntryRow:
    if name:
        return registering.register(session, caller, MachineFacts(name), WHERE).row
    # As it is shown: the key's name, and its prefix in brackets.
    of_key = registering.by_name(session, caller.shown.rpartition(" (")[0])
    if of_key is None:
        expected = "the machine's name (or ?machine=, or a key that is called after a machine)"
        raise InputError(WHERE, "identifier", expected)
    return registering.successor(session, of_key)
