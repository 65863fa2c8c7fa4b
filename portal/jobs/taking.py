"""A machine's agent takes a job, tells how far it is, and ends it.

Each take counts one attempt up. What an agent says of an earlier attempt is not heard: it is told
that the job is another's now, and stops its run.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access.caller import Caller
from portal.inventory import changing
from portal.jobs import agents
from portal.jobs.asking import locked
from portal.jobs.settling import GRACE, LEASE, end, is_over, let_go, over, settle
from portal.records.base import now
from portal.records.faults import ConflictError
from portal.records.jobs import (
    CANCELLED,
    DONE,
    ENDED,
    FAILED,
    RUNNING,
    TAKEN,
    WANTED,
    JobRow,
    MachineAgentRow,
)
from portal.records.tenant_session import TenantSession

RELEASED = "released"
OUTCOMES = (DONE, FAILED, CANCELLED, RELEASED)
# Why a run is to be stopped.
LOST, TIME_LIMIT = "lost", "time limit"


@dataclass(frozen=True)
class JobAttempt:
    """Which attempt at which job somebody speaks of."""

    job: uuid.UUID
    agent: uuid.UUID
    number: int


@dataclass(frozen=True)
class JobEnding:
    """How a run ended.

    Attributes:
        outcome: one of ``OUTCOMES``.
        said: why; None: nobody said.
        test_ids: of its results.
    """

    outcome: str
    said: str | None
    test_ids: Sequence[str]


@dataclass(frozen=True)
class JobProgress:
    """How far a run is (0..1), and its present rate; None: unknown."""

    kernel: str | None
    phase: str | None
    progress_ratio: float | None
    units_per_second: float | None


def take(session: TenantSession, agent: MachineAgentRow) -> JobRow | None:
    """The oldest job of an agent's machine; or again the one that it has, when it asks again.

    Args:
        session: that may write.
        agent: of ``agents.arrive``.
    """
    machine = agent.machine_id
    settle(session, machine)
    held = session.scalar(select(JobRow).where(JobRow.occupies == machine).with_for_update())
    if held is not None:
        if held.agent != agent.agent:
            return None
        # It died, or never had our answer.
        if held.cancel_asked_at is not None:
            end(held, CANCELLED, "its agent began anew")
        else:
            let_go(held, "its agent began anew")
        session.flush()
    # Oracle locks no rows of a limited list.
    wanted = (
        select(JobRow.id)
        .where(JobRow.machine_id == machine, JobRow.state == WANTED)
        .order_by(JobRow.asked_at, JobRow.id)
        .limit(1)
    )
    job = session.scalar(wanted)
    row = None if job is None else locked(session, job)
    if row is None or row.state != WANTED or not _occupy(session, row, TAKEN):
        return None
    row.agent, row.attempts, row.said = agent.agent, row.attempts + 1, None
    session.flush()
    return row


def report(
    session: TenantSession, caller: Caller, attempt: JobAttempt, progress: JobProgress
) -> str | None:
    """Hear how far a run is, and go on lending its job.

    Returns:
        Why the run is to be stopped: ``cancelled``, ``time limit``, ``lost``; None: it goes on.

    Raises:
        NotThereError, ConflictError: there is no such job, or it is not for this key.
    """
    row, at = _of_agent(session, caller, attempt), now()
    if not _is_current(row, attempt) or not _has_again(session, row):
        return CANCELLED if row.state == CANCELLED else LOST
    if is_over(row, at):
        end(row, FAILED, over(row))
        session.flush()
        return TIME_LIMIT
    if row.state == TAKEN:
        row.state, row.started_at = RUNNING, at
        row.deadline_at = at + _limit(row)
    row.due_at = _due(row, at)
    row.kernel, row.phase = progress.kernel, progress.phase
    row.progress_ratio, row.units_per_second = progress.progress_ratio, progress.units_per_second
    session.flush()
    return CANCELLED if row.cancel_asked_at is not None else None


def finish(
    session: TenantSession, caller: Caller, attempt: JobAttempt, ending: JobEnding
) -> JobRow:
    """Hear how a run ended; the same again changes nothing.

    Raises:
        NotThereError, ConflictError: there is no such job, it is not for this key, or it is
            another agent's by now.
    """
    row = _of_agent(session, caller, attempt)
    if row.state in ENDED and row.agent == attempt.agent and row.attempts == attempt.number:
        return row
    if not _is_current(row, attempt) or not _has_again(session, row):
        raise ConflictError(f"the job {row.id} is {row.state}, and no more this agent's")
    outcome, said = ending.outcome, ending.said
    row.test_ids = " ".join(ending.test_ids) or None
    if outcome == RELEASED and row.cancel_asked_at is None:
        let_go(row, said or "its agent stopped")
    else:
        end(row, CANCELLED if outcome == RELEASED else outcome, said)
    if outcome == DONE:
        row.progress_ratio = 1.0
    session.flush()
    return row


def _of_agent(session: TenantSession, caller: Caller, attempt: JobAttempt) -> JobRow:
    row = locked(session, attempt.job)
    agent = agents.of_machine(session, row.machine_id)
    if agent is None:
        raise ConflictError("the machine of this job has no agent any more: ask for work anew")
    agents.check_key(session, caller, agent, changing.find(session, row.machine_id).name)
    return row


def _is_current(row: JobRow, attempt: JobAttempt) -> bool:
    return row.agent == attempt.agent and row.attempts == attempt.number and row.state not in ENDED


def _has_again(session: TenantSession, row: JobRow) -> bool:
    """Whether an agent has its job: one that was given up and nobody took is its own again."""
    return row.state != WANTED or _occupy(session, row, RUNNING)


def _occupy(session: TenantSession, row: JobRow, state: str) -> bool:
    at = now()
    try:
        with session.begin_nested():
            row.state, row.occupies = state, row.machine_id
            row.due_at = at + LEASE
            if state == RUNNING:
                row.started_at, row.deadline_at = at, at + _limit(row)
            session.flush()
    except IntegrityError:
        # The machine has another job by now.
        session.refresh(row)
        return False
    return True


def _due(row: JobRow, at: datetime) -> datetime:
    lease = at + LEASE
    return lease if row.deadline_at is None else min(lease, row.deadline_at + GRACE)


def _limit(row: JobRow) -> timedelta:
    return timedelta(seconds=row.limit_seconds)
