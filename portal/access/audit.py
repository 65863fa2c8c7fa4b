"""Write down who did what, in the same transaction as what they did."""

from __future__ import annotations

from typing import Any

from portal.access.caller import Caller
from portal.records.audit import AuditRow
from portal.records.tenant_session import TenantSession


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
