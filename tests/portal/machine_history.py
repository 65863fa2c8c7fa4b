"""Entries of the inventory with a history: what changed, and when, before the test began."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine

from portal.records.machines import ACTIVE, MachineChangeRow, MachineEntryRow
from portal.records.tenant_session import TenantSession
from tests.portal.serving import Tenant

Changes = Mapping[datetime, Mapping[str, str | None]]


def machine_with(engine: Engine, tenant: Tenant, name: str, changes: Changes) -> str:
    """A machine's id.

    Args:
        engine: of the portal.
        tenant: whose.
        name: of the machine.
        changes: by moment what became known then, in the order of time; the first made the entry.
    """
    known: dict[str, str | None] = {"state": ACTIVE}
    with TenantSession(engine, uuid.UUID(tenant.id), writes=True) as session, session.begin():
        row = MachineEntryRow(name=name, created_at=min(changes))
        session.add(row)
        session.flush()
        for at, told in changes.items():
            fields = {field: [known.get(field), value] for field, value in told.items()}
            action = "create" if at == min(changes) else "change"
            change = {"changed_at": at, "changed_by": "test", "action": action, "fields": fields}
            session.add(MachineChangeRow(machine_id=row.id, **change))
            known |= told
            for field, value in told.items():
                setattr(row, field, value)
        return str(row.id)
