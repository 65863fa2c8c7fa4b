"""/tests: the list, and one test with its curve, conditions, notes and baselines."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from perfanalysis.results import reading
from perfanalysis.results.document import Document
from portal.access.caller import Caller
from portal.api.forms import TestId
from portal.api.state import PortalState, state_of
from portal.inventory.names import names_of
from portal.load_tests import annotating, listing
from portal.load_tests.listing import Filters
from portal.pages.rendering import is_part, page
from portal.pages.routing import Sent, Visitor, WritingVisitor, pages, text_of
from portal.records.load_tests import LoadTestRow

router = pages()
_WORDS = ("kernel", "provider", "instance_type")
_AT_ONCE, _NOTES = 25, 200


@router.get("/tests")
def tests(request: Request, caller: Visitor) -> Response:
    """The list, or what htmx adds to it."""
    given = request.query_params
    chosen = {name: given.get(name, "").strip() for name in (*_WORDS, "valid", "machine")}
    equal: dict[str, Any] = {name: chosen[name] or None for name in _WORDS}
    equal["valid"] = {"true": True, "false": False}.get(chosen["valid"])
    equal["machine_id"] = _id_of(chosen["machine"])
    with state_of(request).reading(caller) as session:
        found = listing.tests(session, Filters(equal), given.get("cursor") or None, _AT_ONCE)
        names = names_of(session, {row.machine_id for row in found.rows})
    asked = {name: value for name, value in chosen.items() if value}
    more = found.cursor and f"/tests?{urlencode({**asked, 'cursor': found.cursor})}"
    template = "parts/more_tests" if is_part(request) else "tests"
    return page(request, template, tests=found.rows, names=names, chosen=chosen, more=more)


@router.get("/tests/{test_id}")
def test(request: Request, caller: Visitor, test_id: TestId) -> Response:
    """One test."""
    row, document, values = _all_of(state_of(request), caller, test_id)
    return page(
        request,
        "test",
        test=row,
        document=document,
        chart=json.dumps(curve(document)),
        may_write="write" in caller.scopes,
        **values,
    )


@router.get("/tests/{test_id}/document")
def document(request: Request, caller: Visitor, test_id: TestId) -> Response:
    """The result document as it came, as a file to keep."""
    with state_of(request).reading(caller) as session:
        data = listing.document_of(session, test_id)
    kept = {"Content-Disposition": f'attachment; filename="{test_id}.json"'}
    return Response(data, media_type="application/json", headers=kept)


@router.post("/tests/{test_id}/notes")
def add_note(request: Request, caller: WritingVisitor, test_id: TestId, fields: Sent) -> Response:
    """Say something of a test."""
    if text := text_of(fields, "text").replace("\r\n", "\n"):
        with state_of(request).writing(caller) as session:
            annotating.add_note(session, caller, test_id, text[:10_000])
    return RedirectResponse(f"/tests/{test_id}", 303)


@router.post("/tests/{test_id}/notes/{note}/remove")
def remove_note(
    request: Request, caller: WritingVisitor, test_id: TestId, note: uuid.UUID, fields: Sent
) -> Response:
    """Take a note away."""
    del fields
    with state_of(request).writing(caller) as session:
        annotating.remove_note(session, caller, test_id, note)
    return RedirectResponse(f"/tests/{test_id}", 303)


@router.post("/tests/{test_id}/pin")
def pin(request: Request, caller: WritingVisitor, test_id: TestId, fields: Sent) -> Response:
    """Pin a test as a baseline."""
    with state_of(request).writing(caller) as session:
        annotating.pin(session, caller, annotating.checked_name(text_of(fields, "name")), test_id)
    return RedirectResponse(f"/tests/{test_id}", 303)


def curve(document: Document) -> dict[str, list[float | None]]:
    """By busy level, in percent: units per second, and the bounds of their intervals."""
    levels = document.levels
    return {
        "busy": [level.busy for level in levels],
        "rate": [level.units_per_second for level in levels],
        "lower": [level.lower for level in levels],
        "upper": [level.upper for level in levels],
    }


def _all_of(
    state: PortalState, caller: Caller, test_id: str
) -> tuple[LoadTestRow, Document, dict[str, Any]]:
    with state.reading(caller) as session:
        row = listing.find(session, test_id)
        data = listing.document_of(session, test_id)
        values: dict[str, Any] = {
            "machine": names_of(session, {row.machine_id})[row.machine_id],
            "notes": annotating.notes(session, test_id, None, _NOTES).rows,
            "pinned": annotating.names_of(session, test_id),
        }
    return row, reading.parse(data, test_id, whole=False), values


def _id_of(text: str) -> uuid.UUID | None:
    """A machine's id; what is none is of no machine."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
