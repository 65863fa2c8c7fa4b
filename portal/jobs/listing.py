"""Look at jobs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select

from portal.records import paging
from portal.records.base import microseconds, moment
from portal.records.faults import NotThereError
from portal.records.jobs import JobRow
from portal.records.paging import ListOrder, Paged
from portal.records.tenant_session import TenantSession

NEWEST = ListOrder(
    (JobRow.asked_at, JobRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
    descending=True,
)


def find(session: TenantSession, job: uuid.UUID) -> JobRow:
    """A job by its id.

    Raises:
        NotThereError: there is none.
    """
    row = session.scalar(select(JobRow).where(JobRow.id == job))
    if row is None:
        raise NotThereError("job", job)
    return row


def jobs(
    session: TenantSession, filters: Mapping[str, object], cursor: str | None, limit: int
) -> Paged[JobRow]:
    """A page of jobs, the newest first.

    Args:
        session: of the tenant.
        filters: by column, what it must be; None: whatever it is.
        cursor: of the page before.
        limit: the most rows.

    Raises:
        InputError: the cursor is none.
    """
    asked = select(JobRow)
    for name, value in filters.items():
        if value is not None:
            asked = asked.where(getattr(JobRow, name) == value)
    found = session.scalars(paging.page(asked, NEWEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.asked_at), str(row.id)])
