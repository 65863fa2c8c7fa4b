"""Whose a key is: the one question that is asked before a tenant is known."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.records.tenant_session import TENANT_SETTING, tell
from portal.records.tenants import KeyRow, TenantRow

PREFIX_SETTING = "perfanalysis.key_prefix"


def look_up(engine: Engine, prefix: str) -> tuple[KeyRow, TenantRow] | None:
    """The key of a public prefix, and its tenant; None: there is no such key.

    Row-level security shows this transaction the key of that prefix, and then its tenant.
    """
    with Session(engine, expire_on_commit=False) as session, session.begin():
        tell(session.connection(), PREFIX_SETTING, prefix)
        key = session.scalar(select(KeyRow).where(KeyRow.prefix == prefix))
        if key is None:
            return None
        tell(session.connection(), TENANT_SETTING, str(key.tenant_id))
        tenant = session.get_one(TenantRow, key.tenant_id)
        session.expunge_all()
        return key, tenant
