"""The names of machines, for lists of what is of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from portal.records.machines import MachineEntryRow
from portal.records.tenant_session import TenantSession

# Oracle takes no more than 1000 in one list.
_AT_ONCE = 500


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


def machines_named(session: TenantSession, names: Collection[str]) -> dict[str, uuid.UUID]:
    """The ids of machines by name; names of none are left out."""
    found: dict[str, uuid.UUID] = {}
    wanted = sorted({name for name in names if "\x00" not in name})
    for start in range(0, len(wanted), _AT_ONCE):
        asked = select(MachineEntryRow.name, MachineEntryRow.id)
        few = wanted[start : start + _AT_ONCE]
        for name, machine in session.execute(asked.where(MachineEntryRow.name.in_(few))):
            found[name] = machine
    return found
