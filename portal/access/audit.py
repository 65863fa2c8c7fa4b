"""Write down who did what, in the same transaction as what they did; and read it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from portal.access.caller import Caller
from portal.records import paging
from portal.records.audit import AuditRow
from portal.records.base import microseconds, moment
from portal.records.paging import ListOrder, Paged
from portal.records.tenant_session import TenantSession

NEWEST = ListOrder(
    (AuditRow.recorded_at, AuditRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
    descending=True,
)


def write_down(
    session: TenantSession, caller: Caller, action: str, subject: str | None, **facts: Any
) -> None:
    """Add an entry to the audit log of the session's tenant.

    Args:
        session: which writes what was done.
        caller: who did it.
        action: such as ``key.create``.
        subject: what it was done to: a name or id, never a secret.
        facts: more of it, for JSON.
    """
    session.add(
        AuditRow(
            actor=caller.shown,
            action=action,
            subject=subject,
            request_id=caller.request_id,
            facts=facts or None,
        )
    )


def entries(session: TenantSession, cursor: str | None, limit: int) -> Paged[AuditRow]:
    """A page of the log, the newest entry first.

    Raises:
        InputError: the cursor is none.
    """
    found = session.scalars(paging.page(select(AuditRow), NEWEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.recorded_at), str(row.id)])
