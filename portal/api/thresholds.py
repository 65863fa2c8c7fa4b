"""/api/v1/thresholds: from which drop on a machine's tests are told of, and who said so."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from portal.api.callers import Reader, Writer
from portal.api.forms import AnswerForm, Cursor, Limit, RequestForm, Word, problems
from portal.api.state import state_of
from portal.regressions import thresholds
from portal.regressions.judging import LEAST_DROP, LEAST_RUNS, MOST_DROP, MOST_RUNS
from portal.regressions.thresholds import WatchScope

router = APIRouter(prefix="/api/v1/thresholds", tags=["thresholds"])
_Drop = Annotated[
    float,
    Field(
        ge=LEAST_DROP,
        le=MOST_DROP,
        description="By which share a run is below the usual rate, at full load.",
        examples=[0.03],
    ),
]
_Runs = Annotated[
    int, Field(ge=LEAST_RUNS, le=MOST_RUNS, description="Earlier runs of 30 days that it takes.")
]


class NewThreshold(RequestForm):
    """A machine or a type of machines, a kernel, or one of the two and a kernel."""

    machine_id: uuid.UUID | None = None
    instance_type: Word | None = Field(default=None, examples=["m7i.large"])
    kernel: Word | None = Field(default=None, examples=["rmw"])
    drop_ratio: _Drop = LEAST_DROP
    least_runs: _Runs = LEAST_RUNS


class ThresholdChange(RequestForm):
    """Its figures; what is left out stays."""

    drop_ratio: _Drop | None = None
    least_runs: _Runs | None = None


class ThresholdAnswer(AnswerForm):
    """A threshold; null of machine, type and kernel is any."""

    id: uuid.UUID
    machine_id: uuid.UUID | None
    instance_type: str | None
    kernel: str | None
    drop_ratio: float
    least_runs: int
    created_at: datetime
    created_by: str
    changed_at: datetime | None
    changed_by: str | None


class ThresholdsPage(AnswerForm):
    """Thresholds, the oldest first."""

    thresholds: list[ThresholdAnswer]
    next_cursor: str | None


@router.get("", responses=problems())
def listed(
    request: Request, caller: Reader, limit: Limit = 100, cursor: Cursor = None
) -> ThresholdsPage:
    """List thresholds: what none of them is of is not watched."""
    with state_of(request).reading(caller) as session:
        found = thresholds.thresholds(session, cursor, limit)
        rows = [ThresholdAnswer.model_validate(row) for row in found.rows]
    return ThresholdsPage(thresholds=rows, next_cursor=found.cursor)


@router.post("", status_code=201, responses=problems(404, 409))
def create(request: Request, caller: Writer, said: NewThreshold) -> ThresholdAnswer:
    """Watch something; of several thresholds that hold a test the narrowest counts."""
    scope = WatchScope(said.machine_id, said.instance_type, said.kernel)
    with state_of(request).writing(caller) as session:
        row = thresholds.create(session, caller, scope, said.drop_ratio, said.least_runs)
        return ThresholdAnswer.model_validate(row)


@router.get("/{threshold}", responses=problems(404))
def threshold_of(request: Request, caller: Reader, threshold: uuid.UUID) -> ThresholdAnswer:
    """Look at a threshold."""
    with state_of(request).reading(caller) as session:
        return ThresholdAnswer.model_validate(thresholds.find(session, threshold))


@router.patch("/{threshold}", responses=problems(404))
def change(
    request: Request, caller: Writer, threshold: uuid.UUID, said: ThresholdChange
) -> ThresholdAnswer:
    """Set its figures anew, for tests that come from now on."""
    with state_of(request).writing(caller) as session:
        row = thresholds.change(session, caller, threshold, said.drop_ratio, said.least_runs)
        return ThresholdAnswer.model_validate(row)


@router.delete("/{threshold}", status_code=204, responses=problems(404))
def delete(request: Request, caller: Writer, threshold: uuid.UUID) -> None:
    """Watch it no longer: what it has found and is open is withdrawn."""
    with state_of(request).writing(caller) as session:
        thresholds.delete(session, caller, threshold)
