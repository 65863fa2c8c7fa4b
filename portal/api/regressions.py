"""/api/v1/regressions: what was suspected, what became of it, and which runs are wanted."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from pydantic import Field, StringConstraints

from portal.api.callers import Reader, Writer
from portal.api.forms import AnswerForm, Cursor, Filter, Limit, RequestForm, problems
from portal.api.state import state_of
from portal.records.fitting import PLAIN_TEXT
from portal.regressions import listing, wanted_runs

# Of `perf_portal_regression_drop_ratio`.
DROP_LABELS = ("instance", "kernel")
router = APIRouter(prefix="/api/v1/regressions", tags=["regressions"])
RegressionState = Literal["suspected", "confirmed", "withdrawn", "over", "accepted"]
_Why = Annotated[str, StringConstraints(min_length=1, max_length=250, pattern=PLAIN_TEXT)]


class Acceptance(RequestForm):
    """Why the lower rate is the usual one from now on."""

    why: _Why = Field(examples=["the firmware's mitigation costs that much"])


class RegressionAnswer(AnswerForm):
    """A regression; rates are work units per second at full load, drops shares of the usual one."""

    id: uuid.UUID
    machine_id: uuid.UUID
    kernel: str
    conditions: str = Field(description="Tests that share it may be held against each other.")
    threshold_id: uuid.UUID | None = Field(description="Null: it was deleted.")
    threshold_drop: float
    threshold_runs: int
    state: RegressionState
    why: str | None
    earlier_runs: int
    usual_units: float = Field(description="Geometric mean of the earlier runs.")
    first_test_id: str
    first_at: datetime
    first_drop: float
    first_p: float = Field(description="How often chance brings such a drop.")
    second_test_id: str | None = Field(description="The run that decided; null: it is wanted.")
    second_drop: float | None
    second_p: float | None
    last_test_id: str = Field(description="The newest run that was low.")
    last_at: datetime
    suspected_at: datetime
    decided_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None


class RegressionsPage(AnswerForm):
    """Regressions, the newest first."""

    regressions: list[RegressionAnswer]
    next_cursor: str | None


class WantedRunAnswer(AnswerForm):
    """A run that is wanted of a machine."""

    id: uuid.UUID
    machine_id: uuid.UUID
    kernel: str
    profile: str | None
    why: str
    regression_id: uuid.UUID | None
    state: str
    asked_at: datetime
    decided_at: datetime | None
    test_id: str | None = Field(description="The one that came.")


class WantedRunsPage(AnswerForm):
    """Wanted runs, the oldest first."""

    wanted_runs: list[WantedRunAnswer]
    next_cursor: str | None


@router.get("", responses=problems())
def listed(  # noqa: PLR0913, PLR0917 - one for each filter
    request: Request,
    caller: Reader,
    state: Annotated[RegressionState | None, Query()] = None,
    machine_id: uuid.UUID | None = None,
    kernel: Filter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> RegressionsPage:
    """List regressions, the newest first, those that fulfil all filters."""
    equal = {"state": state, "machine_id": machine_id, "kernel": kernel}
    with state_of(request).reading(caller) as session:
        found = listing.regressions(session, equal, cursor, limit)
        rows = [RegressionAnswer.model_validate(row) for row in found.rows]
    return RegressionsPage(regressions=rows, next_cursor=found.cursor)


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **problems(),
    },
)
def metrics(request: Request, caller: Reader) -> Response:
    """What Prometheus reads of this tenant's regressions, with its key.

    `perf_portal_regressions_open{state}` and, of the newest 1000 that are confirmed,
    `perf_portal_regression_drop_ratio{instance,kernel}`.
    """
    with state_of(request).reading(caller) as session:
        counts, alerting = listing.counts(session), listing.alerting(session)
    registry = CollectorRegistry()
    opened = Gauge(
        "perf_portal_regressions_open", "Open ones by state.", ("state",), registry=registry
    )
    for state, count in counts.items():
        opened.labels(state).set(count)
    drops = Gauge(
        "perf_portal_regression_drop_ratio",
        "How far the run that confirmed it was below the usual rate.",
        DROP_LABELS,
        registry=registry,
    )
    for name, row in reversed(alerting):
        drops.labels(name, row.kernel).set(row.second_drop or row.first_drop)
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")


@router.get("/wanted-runs", responses=problems())
def wanted(
    request: Request,
    caller: Reader,
    state: Annotated[Literal["wanted", "done", "withdrawn"], Query()] = "wanted",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> WantedRunsPage:
    """List runs that are wanted of machines, the oldest first."""
    with state_of(request).reading(caller) as session:
        found = wanted_runs.wanted(session, state, cursor, limit)
        rows = [WantedRunAnswer.model_validate(row) for row in found.rows]
    return WantedRunsPage(wanted_runs=rows, next_cursor=found.cursor)


@router.get("/{regression}", responses=problems(404))
def regression_of(request: Request, caller: Reader, regression: uuid.UUID) -> RegressionAnswer:
    """Look at a regression."""
    with state_of(request).reading(caller) as session:
        return RegressionAnswer.model_validate(listing.find(session, regression))


@router.post("/{regression}/accept", responses=problems(404, 409))
def accept(
    request: Request, caller: Writer, regression: uuid.UUID, said: Acceptance
) -> RegressionAnswer:
    """Take the lower rate for the usual one from now on: it alerts no more."""
    with state_of(request).writing(caller) as session:
        row = listing.accept(session, caller, regression, said.why)
        return RegressionAnswer.model_validate(row)
