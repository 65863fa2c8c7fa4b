"""Whose a browser's session is, and whose a log-in name: asked before a tenant is known."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.records.people import BrowserSessionRow, UserRow
from portal.records.tenant_session import TENANT_SETTING, tell
from portal.records.tenants import KeyRow, TenantRow

SESSION_SETTING = "perfanalysis.session_digest"
NAME_SETTING = "perfanalysis.user_name"


@dataclass(frozen=True)
class FoundSession:
    """A session with whose it is: a user's, or a key's."""

    row: BrowserSessionRow
    tenant: TenantRow
    user: UserRow | None
    key: KeyRow | None


def look_up_session(engine: Engine, digest: str) -> FoundSession | None:
    """The session of a cookie's SHA-256; None: there is none.

    Row-level security shows this transaction that session, and then its tenant.
    """
    with Session(engine, expire_on_commit=False) as session, session.begin():
        tell(session.connection(), SESSION_SETTING, digest)
        row = session.scalar(select(BrowserSessionRow).where(BrowserSessionRow.digest == digest))
        if row is None:
            return None
        tell(session.connection(), TENANT_SETTING, str(row.tenant_id))
        tenant = session.get_one(TenantRow, row.tenant_id)
        user = key = None
        if row.user_id is not None:
            user = session.get_one(UserRow, (row.tenant_id, row.user_id))
        if row.key_id is not None:
            key = session.get_one(KeyRow, (row.tenant_id, row.key_id))
        session.expunge_all()
        return FoundSession(row, tenant, user, key)


def look_up_user(engine: Engine, name: str) -> tuple[UserRow, TenantRow] | None:
    """The user of a log-in name, and their tenant; None: there is none."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        tell(session.connection(), NAME_SETTING, name)
        user = session.scalar(select(UserRow).where(UserRow.name == name))
        if user is None:
            return None
        tell(session.connection(), TENANT_SETTING, str(user.tenant_id))
        tenant = session.get_one(TenantRow, user.tenant_id)
        session.expunge_all()
        return user, tenant
