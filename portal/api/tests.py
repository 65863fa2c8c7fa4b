"""/api/v1/tests: take result documents in, list and look at them."""

from __future__ import annotations

import json
import uuid
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime

import perfanalysis.results
from perfanalysis.errors import PerfAnalysisError
from portal.access.caller import Caller
from portal.access.key_text import KeyText
from portal.api import listed_tests, second_runs
from portal.api.callers import KeyGiven, Reader, admit_known, key_of_text, needs
from portal.api.document_example import DOCUMENT
from portal.api.forms import (
    AnswerForm,
    Cursor,
    Filter,
    Limit,
    TestId,
    problems,
    raw_body,
)
from portal.api.listed_tests import TestAnswer, TestsPage, WantedTests
from portal.api.state import PortalState, state_of
from portal.load_tests import intake, listing
from portal.load_tests.listing import Filters
from portal.records.load_tests import LoadTestRow
from portal.records.regressions import SUSPECTED
from portal.regressions import following

router = APIRouter(prefix="/api/v1/tests", tags=["tests"])
# A body of so many bytes is read before its key is looked up, together with those of others.
_SMALL = 64 << 10


class TakenAnswer(AnswerForm):
    """The test, and whether it is new here."""

    new: bool
    test: TestAnswer


@cache
def _schema() -> dict[str, Any]:
    """Of result documents, for OpenAPI: only that it is an object; the whole stands elsewhere."""
    path = Path(perfanalysis.results.__file__).with_name("result.schema.json")
    title = json.loads(path.read_bytes()).get("title", "result document")
    return {"type": "object", "title": title, "description": "See result.schema.json."}


@router.post(
    "",
    status_code=201,
    response_model=TakenAnswer,
    responses={
        200: {"model": TakenAnswer, "description": "It was here already."},
        201: {"description": "It is new, and kept."},
        **problems(408, 409, 413, 415),
    },
    openapi_extra=raw_body(_schema(), {"application/json": DOCUMENT}),
)
async def take(request: Request, text: KeyGiven) -> Response:
    """Take a result document in; the same one again changes nothing.

    This is where the spool of a load test delivers to. Other content under a known test id is 409.
    A new test is held to the thresholds there are, see `/api/v1/regressions`.
    """
    counter = state_of(request).counter
    try:
        row, new = await _taken(request, key_of_text(request, text))
    except PerfAnalysisError:
        counter.count_document("refused")
        raise
    counter.count_document("new" if new else "known")
    answer = TakenAnswer(new=new, test=TestAnswer.model_validate(row))
    return Response(answer.model_dump_json(), 201 if new else 200, media_type="application/json")


async def _taken(request: Request, key: KeyText) -> tuple[LoadTestRow, bool]:
    state = state_of(request)
    if state.group is not None and _is_small(request):
        admitted = partial(admit_known, request, key, scope="report")
        caller, document, row = await state.group.hand_in(key, await request.body(), admitted)
        if row is not None:
            return row, True
    else:
        # Who has no key sends nothing large.
        caller = await run_in_threadpool(needs("report"), request, key.text)
        document = await run_in_threadpool(intake.read, await request.body())
    return await run_in_threadpool(_take_alone, state, caller, document)


def _take_alone(
    state: PortalState, caller: Caller, document: intake.Read
) -> tuple[LoadTestRow, bool]:
    with state.writing(caller) as session:
        row, new = intake.take(session, caller, document)
        outcome = following.follow(session, caller, row) if new else None
        if outcome == SUSPECTED:
            second_runs.ask(session, caller, row)
    if outcome is not None:
        state.counter.count_regression(outcome)
    return row, new


def _is_small(request: Request) -> bool:
    length = request.headers.get("Content-Length", "")
    packed = "Content-Encoding" in request.headers
    return not packed and length.isdecimal() and int(length[:20]) <= _SMALL


@router.get("", response_model=TestsPage, responses=problems())
async def tests(  # noqa: PLR0913, PLR0917 - one for each filter
    request: Request,
    text: KeyGiven,
    kernel: Filter = None,
    profile: Filter = None,
    machine_id: uuid.UUID | None = None,
    provider: Filter = None,
    region: Filter = None,
    instance_type: Filter = None,
    valid: bool | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Measured then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Measured before that.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List tests, the newest first, those that fulfil all filters."""
    equal = {
        "kernel": kernel,
        "profile": profile,
        "machine_id": machine_id,
        "provider": provider,
        "region": region,
        "instance_type": instance_type,
        "valid": valid,
    }
    wanted = WantedTests(Filters(equal, since, until), cursor, limit)
    return await run_in_threadpool(listed_tests.answer, request, text, wanted)


@router.get("/{test_id}", responses=problems(404))
def test_of(request: Request, caller: Reader, test_id: TestId) -> TestAnswer:
    """Look at a test's figures."""
    with state_of(request).reading(caller) as session:
        return TestAnswer.model_validate(listing.find(session, test_id))


@router.get(
    "/{test_id}/document",
    response_class=Response,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}, "example": DOCUMENT}}},
        **problems(404),
    },
)
def document_of(request: Request, caller: Reader, test_id: TestId) -> Response:
    """The result document, byte for byte as it came."""
    with state_of(request).reading(caller) as session:
        data = listing.document_of(session, test_id)
    return Response(data, media_type="application/json")
