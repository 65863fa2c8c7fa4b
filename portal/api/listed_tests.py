"""The answer of `GET /api/v1/tests`, which dashboards and scripts ask for more than all others.

Who comes with a key has it looked up and the page read in one transaction, by plain columns, and
the answer written without a form in between; a test holds the two ways to the same answer.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

import msgspec
from fastapi import Request, Response
from pydantic import Field

from portal.access.authentication import note_use
from portal.api.callers import admit_known, key_of_text, needs
from portal.api.forms import AnswerForm
from portal.api.state import PortalState, state_of
from portal.load_tests import listing
from portal.load_tests.listing import Filters
from portal.records import tenant_batch
from portal.records.tenant_batch import batch_of_key


class TestAnswer(AnswerForm):
    """A load test's figures, work units per second; null is unknown."""

    test_id: str
    machine_id: uuid.UUID
    kernel: str
    kernel_version: str
    profile: str
    provider: str | None
    region: str | None
    instance_type: str | None
    measured_at: datetime
    received_at: datetime
    received_by: str
    duration_seconds: float | None
    valid: bool | None = Field(description="Whether nothing spoiled the run.")
    max_units_per_second: float | None = Field(description="At full load: the median.")
    max_lower: float | None = Field(description="Bounds of its 95 % interval.")
    max_upper: float | None
    work_units_per_second: float | None = Field(
        description="At full load: the mean, which is the work done."
    )
    work_lower: float | None
    work_upper: float | None
    single_units_per_second: float | None = Field(description="One worker on one CPU.")
    price_dollars_per_hour: float | None
    purchase: str | None


class TestsPage(AnswerForm):
    """Tests, the newest first."""

    tests: list[TestAnswer]
    next_cursor: str | None


class WantedTests(NamedTuple):
    """Which page is wanted."""

    filters: Filters
    cursor: str | None
    limit: int


_NAMES = tuple(TestAnswer.model_fields)


def answer(request: Request, text: str | None, wanted: WantedTests) -> Response:
    """A page of tests for whoever may read.

    Args:
        request: of it.
        text: the key that came along; None: there may be a session.
        wanted: the page.

    Raises:
        HTTPException: they may not.
        InputError: the cursor is none.
    """
    state = state_of(request)
    if text and tenant_batch.fits(state.engine):
        body = _by_key(request, state, text, wanted)
    else:
        body = _by_session(request, state, text, wanted)
    return Response(body, media_type="application/json")


def _by_key(request: Request, state: PortalState, text: str, wanted: WantedTests) -> bytes:
    key, known = key_of_text(request, text), None
    try:
        with batch_of_key(state.engine, key.prefix, writes=False) as (known, batch):
            admit_known(request, key, known, "read")
            assert batch is not None
            found = listing.tests_of_key(batch, _NAMES, *wanted)
    finally:
        note_use(state.engine, key, known)
    rows = [dict(zip(_NAMES, row, strict=True)) for row in found.rows]
    return msgspec.json.encode({"tests": rows, "next_cursor": found.cursor})


def _by_session(
    request: Request, state: PortalState, text: str | None, wanted: WantedTests
) -> bytes:
    caller = needs("read")(request, text)
    with state.reading(caller) as session:
        found = listing.tests(session, *wanted)
        rows = [TestAnswer.model_validate(row) for row in found.rows]
    return TestsPage(tests=rows, next_cursor=found.cursor).model_dump_json().encode()
