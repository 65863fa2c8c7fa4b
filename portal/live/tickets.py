"""Tickets: browsers cannot send a key when they open a WebSocket, but they can name a ticket.

A ticket opens one connection within half a minute, at any portal of the database. It stands in a
URL, which proxies write to their logs: by then it is used up.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Engine, delete, select

from portal.access.caller import Caller
from portal.records.base import now
from portal.records.jobs import LiveTicketRow
from portal.records.tenant_session import TenantSession

LASTS = timedelta(seconds=30)
# Of one tenant at a time.
MOST_OPEN = 2000


class LiveGuest(NamedTuple):
    """Whose a live connection is; ``key`` is None for people without one."""

    tenant: uuid.UUID
    key: uuid.UUID | None
    shown: str


def issue(session: TenantSession, caller: Caller) -> str | None:
    """A ticket for a caller.

    Returns:
        Its text, which is kept nowhere; None: too many are open.
    """
    at = now()
    over = delete(LiveTicketRow).where(LiveTicketRow.expires_at <= at)
    session.execute(over.execution_options(synchronize_session=False))
    open_ones = session.scalars(select(LiveTicketRow.id).limit(MOST_OPEN)).all()
    if len(open_ones) >= MOST_OPEN:
        return None
    text = f"{session.tenant.hex}.{secrets.token_urlsafe(32)}"
    session.add(
        LiveTicketRow(
            id=uuid.uuid4(),
            digest=_digest(text),
            key_id=caller.key,
            shown=caller.shown,
            expires_at=at + LASTS,
        )
    )
    session.flush()
    return text


def redeem(engine: Engine, text: str) -> LiveGuest | None:
    """Use a ticket up.

    Returns:
        Whom it lets in; None: it is none, used or over.
    """
    tenant = _tenant_of(text)
    if tenant is None:
        return None
    asked = select(LiveTicketRow).where(LiveTicketRow.digest == _digest(text))
    with TenantSession(engine, tenant) as looking:
        # Whoever comes with none is not to keep those from writing who may.
        if looking.scalar(asked) is None:
            return None
    with TenantSession(engine, tenant, writes=True) as session, session.begin():
        row = session.scalar(asked.with_for_update())
        if row is None:
            return None
        session.delete(row)
        found = LiveGuest(tenant, row.key_id, row.shown)
        return found if now() < row.expires_at else None


def _tenant_of(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=text.partition(".")[0])
    except ValueError:
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
