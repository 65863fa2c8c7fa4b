"""What becomes of jobs by itself: those that nobody took, whose agent died, or whose time is over.

No process watches the clock: whoever looks at jobs next settles them first, in any portal.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.records.base import now
from portal.records.jobs import CANCELLED, EXPIRED, FAILED, WANTED, JobRow
from portal.records.tenant_session import TenantSession

# An agent that is not heard of for so long has lost its job.
LEASE = timedelta(seconds=60)
# An agent ends its run by itself; so much later the portal does not wait for it any more.
GRACE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
_AT_ONCE = 200


def is_anything_due(session: TenantSession) -> bool:
    """Whether there is something to settle."""
    found = session.scalar(select(JobRow.id).where(JobRow.due_at <= now()).limit(1))
    return found is not None


def settle(session: TenantSession, machine: uuid.UUID | None = None) -> None:
    """Settle what is due.

    Args:
        session: that may write.
        machine: only its jobs; None: all.
    """
    at = now()
    due = select(JobRow.id).where(JobRow.due_at <= at)
    if machine is not None:
        due = due.where(JobRow.machine_id == machine)
    # Oracle locks no rows of a limited list.
    ids = session.scalars(due.order_by(JobRow.due_at).limit(_AT_ONCE)).all()
    if not ids:
        return
    asked = select(JobRow).where(JobRow.id.in_(ids), JobRow.due_at <= at)
    for row in session.scalars(asked.with_for_update(skip_locked=True)).all():
        _settle(row, at)
    session.flush()


def _settle(row: JobRow, at: datetime) -> None:
    if row.state == WANTED:
        end(row, EXPIRED, f"no agent took it within {row.wait_seconds} seconds")
    elif row.cancel_asked_at is not None:
        end(row, CANCELLED, "its agent went away")
    elif is_over(row, at):
        end(row, FAILED, over(row))
    else:
        let_go(row, "its agent went away")


def is_over(row: JobRow, at: datetime) -> bool:
    """Whether its time is over, and its agent should have ended it."""
    return row.deadline_at is not None and at >= row.deadline_at + GRACE


def over(row: JobRow) -> str:
    """What is said of it then."""
    return f"its {row.limit_seconds} seconds were over, and its agent did not end it"


def let_go(row: JobRow, why: str) -> None:
    """Have another agent take it, or none after the last attempt."""
    if row.attempts >= MOST_ATTEMPTS:
        end(row, FAILED, f"{why}, at each of {row.attempts} attempts")
        return
    row.state, row.occupies = WANTED, None
    row.due_at = now() + timedelta(seconds=row.wait_seconds)
    row.said = why
    row.started_at = row.deadline_at = None
    row.kernel = row.phase = row.progress_ratio = row.units_per_second = None


def end(row: JobRow, state: str, said: str | None) -> None:
    """End a job, in whatever state."""
    row.state, row.said = state, said and said[:500]
    row.occupies = row.due_at = None
    row.ended_at = now()
    row.phase = row.units_per_second = None
