"""Sessions of browsers: begun, found again with each request, ended at once in all processes."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Engine, delete, select, update

from portal.access import keys, scopes
from portal.access.audit import write_down
from portal.access.authentication import NoEntryError
from portal.access.caller import Caller
from portal.access.session_tokens import digest_of, is_token, new_token
from portal.records.base import now
from portal.records.people import BrowserSessionRow, UserRow
from portal.records.session_look_up import FoundSession, look_up_session
from portal.records.tenant_session import TenantSession
from portal.records.tenants import ACTIVE, KeyRow, TenantRow

LONGEST = timedelta(days=7)
IDLE = timedelta(hours=24)
# For how long a browser that a user came in by is known.
DEVICE = timedelta(days=180)
# A session's last use is written this often: not each read is to be a write.
_USE_STEP = timedelta(minutes=5)


class BegunSession(NamedTuple):
    """What a browser gets: the values of its two cookies, which are nowhere else."""

    token: str
    device: str


def begin(
    session: TenantSession, caller: Caller, *, user: UserRow | None, device: str | None
) -> BegunSession:
    """Begin a session of a user, or of the caller's key.

    Args:
        session: of their tenant, which writes.
        caller: who logs in.
        user: None: the key is whose it is.
        device: the cookie of a browser that is known; None: it is not.
    """
    token, device = new_token(), device or new_token()
    at = now()
    old = BrowserSessionRow.expires_at < at - DEVICE
    session.execute(delete(BrowserSessionRow).where(old))
    session.add(
        BrowserSessionRow(
            digest=digest_of(token),
            user_id=None if user is None else user.id,
            key_id=caller.key if user is None else None,
            device_digest=digest_of(device),
            created_at=at,
            last_seen_at=at,
            expires_at=at + LONGEST,
        )
    )
    if user is not None:
        user.last_login_at = at
    write_down(session, caller, "session.begin", None)
    session.flush()
    return BegunSession(token, device)


def find(engine: Engine, token: str, request_id: str | None) -> Caller:
    """The caller whose session that is.

    Args:
        engine: of the portal's database.
        token: what the cookie holds.
        request_id: of the request.

    Raises:
        NoEntryError: it is none, is over, or lets nobody in any more.
    """
    found = look_up_session(engine, digest_of(token)) if is_token(token) else None
    if found is None or not _is_alive(found.row):
        raise NoEntryError("log in: there is no session, or it is over", "expired")
    if found.tenant.state != ACTIVE:
        raise NoEntryError("the tenant of this session is suspended", "suspended", 403)
    caller = _caller(found, request_id)
    _note_use(engine, found.row)
    return caller


def end(session: TenantSession, caller: Caller) -> None:
    """End the caller's session now."""
    row = session.scalar(select(BrowserSessionRow).where(BrowserSessionRow.id == caller.session))
    if row is not None and row.ended_at is None:
        row.ended_at = now()
        write_down(session, caller, "session.end", None)


def end_all_of(session: TenantSession, user: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """End all sessions of a user now, but one."""
    alive = update(BrowserSessionRow).where(
        BrowserSessionRow.user_id == user, BrowserSessionRow.ended_at.is_(None)
    )
    if but is not None:
        alive = alive.where(BrowserSessionRow.id != but)
    ended = alive.values(ended_at=now())
    session.execute(ended.execution_options(synchronize_session=False))


def knows_device(session: TenantSession, user: uuid.UUID, device: str) -> bool:
    """Whether a user came in by that browser before."""
    asked = select(BrowserSessionRow.id).where(
        BrowserSessionRow.user_id == user, BrowserSessionRow.device_digest == digest_of(device)
    )
    return session.scalar(asked.limit(1)) is not None


def of_user(tenant: TenantRow, user: UserRow, request_id: str | None) -> Caller:
    """A user as a caller."""
    may = frozenset(scopes.parted(user.scopes))
    return Caller(tenant.id, tenant.name, tenant.is_operator, None, user.name, may, request_id)


def _is_alive(row: BrowserSessionRow) -> bool:
    at = now()
    return row.ended_at is None and at < row.expires_at and at < row.last_seen_at + IDLE


def _caller(found: FoundSession, request_id: str | None) -> Caller:
    if found.user is not None:
        if found.user.disabled_at is not None:
            raise NoEntryError("log in: there is no session, or it is over", "expired")
        caller = of_user(found.tenant, found.user, request_id)
    else:
        assert found.key is not None
        if not keys.is_alive(found.key):
            raise NoEntryError("log in: the key of this session is over", "expired")
        caller = of_key(found.tenant, found.key, request_id)
    return replace(caller, session=found.row.id, user=found.row.user_id)


def of_key(tenant: TenantRow, key: KeyRow, request_id: str | None) -> Caller:
    """Whoever has a key, as a caller."""
    may = frozenset(scopes.parted(key.scopes))
    shown = f"{key.name} (perf_{key.prefix})"
    return Caller(tenant.id, tenant.name, tenant.is_operator, key.id, shown, may, request_id)


def _note_use(engine: Engine, row: BrowserSessionRow) -> None:
    at = now()
    if at - row.last_seen_at < _USE_STEP:
        return
    with TenantSession(engine, row.tenant_id, writes=True) as session, session.begin():
        used = update(BrowserSessionRow).where(BrowserSessionRow.id == row.id)
        seen = used.values(last_seen_at=at).execution_options(synchronize_session=False)
        session.execute(seen)
