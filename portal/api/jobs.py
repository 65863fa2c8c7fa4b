"""/api/v1/jobs: load tests that are wanted on machines: asked for, looked at, taken back."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BeforeValidator, Field, StringConstraints

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api.callers import Reader, Runner
from portal.api.forms import AnswerForm, Cursor, Limit, RequestForm, problems
from portal.api.state import PortalState, state_of
from portal.jobs import asking, listing, settling
from portal.jobs.asking import JobWish

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"], responses=problems(404))
KERNEL = r"^[a-z][a-z0-9_]{0,62}$"
DEFAULT_KERNEL = "rmw"
MOST_SECONDS = 4 * 3600
KernelName = Annotated[str, StringConstraints(pattern=KERNEL)]
BusyLevel = Literal[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
RequestKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=64,
        pattern=r"^[A-Za-z0-9._-]+$",
        description="The same one again is the same job.",
    ),
]


class JobProfile(StrEnum):
    """How a test measures, as `perfanalysis loadtest run --profile` has it."""

    DEFAULT = "default"
    QUICK = "quick"
    PRECISE = "precise"
    KINDS = "kinds"


class NewJob(RequestForm):
    """What is to be run; all of it is of closed lists, and nothing becomes a command line."""

    machine_id: uuid.UUID
    kernels: Annotated[list[KernelName], Field(max_length=15)] = Field(
        default=[],
        description="Of those that the machine's agent offers; empty: rmw, or those of kinds.",
    )
    profile: JobProfile = JobProfile.DEFAULT
    levels: Annotated[list[BusyLevel], Field(max_length=10)] = Field(
        default=[], description="Busy levels, percent; empty: those of the profile."
    )
    limit_seconds: Annotated[int, Field(ge=1, le=MOST_SECONDS)] = 900
    wait_seconds: Annotated[int, Field(ge=10, le=7 * 86400)] = Field(
        default=86400, description="After which nobody wants it any more."
    )

    def wish(self) -> JobWish:
        """The same, checked.

        Raises:
            InputError: two fields contradict each other.
        """
        own = self.profile == JobProfile.KINDS
        if own and (self.kernels or self.levels):
            expected = "neither kernels nor levels beside kinds, which has its own"
            raise InputError("request", "profile", expected, str(self.profile))
        return JobWish(
            self.machine_id,
            tuple(dict.fromkeys(self.kernels)) or (() if own else (DEFAULT_KERNEL,)),
            str(self.profile),
            tuple(sorted(set(self.levels))),
            self.limit_seconds,
            self.wait_seconds,
        )


Words = Annotated[
    list[str], BeforeValidator(lambda text: text.split() if isinstance(text, str) else text or [])
]


class JobAnswer(AnswerForm):
    """A job; null is unknown."""

    id: uuid.UUID
    machine_id: uuid.UUID
    kernels: Words
    profile: str
    levels: Words
    limit_seconds: int
    asked_at: datetime
    asked_by: str
    state: str = Field(description="wanted, taken, running, done, failed, cancelled or expired")
    attempts: int = Field(description="How often an agent took it.")
    started_at: datetime | None
    ended_at: datetime | None
    cancel_asked_at: datetime | None
    kernel: str | None = Field(description="That runs now.")
    phase: str | None
    progress_ratio: float | None = Field(description="Of this kernel, from 0 to 1.")
    units_per_second: float | None
    said: str | None = Field(description="Why it is as it is.")
    test_ids: Words = Field(description="Its results, once they have come: /api/v1/tests/ID.")


class JobsPage(AnswerForm):
    """Jobs, the newest first."""

    jobs: list[JobAnswer]
    next_cursor: str | None


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": JobAnswer, "description": "It was asked for before, by the same key."},
        **problems(404, 409),
    },
)
def ask(
    request: Request, response: Response, caller: Runner, said: NewJob, key: RequestKey = None
) -> JobAnswer:
    """Have a machine's agent run a load test as soon as it can."""
    wish = said.wish()
    with state_of(request).writing(caller) as session:
        settling.settle(session, wish.machine)
        row, new = asking.ask(session, caller, wish, key)
        answer = JobAnswer.model_validate(row)
    response.status_code = 201 if new else 200
    return answer


@router.get("", responses=problems())
def jobs(  # noqa: PLR0913, PLR0917 - one for each filter
    request: Request,
    caller: Reader,
    machine_id: uuid.UUID | None = None,
    state: Annotated[
        str | None,
        Query(
            pattern="^(wanted|taken|running|done|failed|cancelled|expired)$", examples=["running"]
        ),
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> JobsPage:
    """List jobs, the newest first."""
    portal = state_of(request)
    settle_first(portal, caller)
    with portal.reading(caller) as session:
        filters = {"machine_id": machine_id, "state": state}
        found = listing.jobs(session, filters, cursor, limit)
        rows = [JobAnswer.model_validate(row) for row in found.rows]
    return JobsPage(jobs=rows, next_cursor=found.cursor)


@router.get("/{job}")
def job_of(request: Request, caller: Reader, job: uuid.UUID) -> JobAnswer:
    """Look at a job."""
    portal = state_of(request)
    settle_first(portal, caller)
    with portal.reading(caller) as session:
        return JobAnswer.model_validate(listing.find(session, job))


@router.post("/{job}/cancel")
def cancel(request: Request, caller: Runner, job: uuid.UUID) -> JobAnswer:
    """Take a job back; what runs is stopped within seconds. Again, nothing changes."""
    with state_of(request).writing(caller) as session:
        return JobAnswer.model_validate(asking.cancel(session, caller, job))


def settle_first(portal: PortalState, caller: Caller) -> None:
    """What is shown is as it is now, also where no agent has asked since."""
    with portal.reading(caller) as session:
        due = settling.is_anything_due(session)
    if due:
        with portal.writing(caller) as writing:
            settling.settle(writing)
