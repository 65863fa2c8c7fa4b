"""The names of machines, for lists of what is of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from portal.records.machines import MachineEntryRow
from portal.records.tenant_session import TenantSession


def names_of(session: TenantSession, machines: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """By id; those that are not there are left out."""
    asked = select(MachineEntryRow.id, MachineEntryRow.name)
    found = session.execute(asked.where(MachineEntryRow.id.in_(machines)))
    return {row[0]: row[1] for row in found}


def machine_named(session: TenantSession, name: str) -> uuid.UUID | None:
    """The id of the machine of that name; None: there is none."""
    if "\x00" in name:
        return None
    return session.scalar(select(MachineEntryRow.id).where(MachineEntryRow.name == name))
