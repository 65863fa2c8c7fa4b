"""How many machines are of a type."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select

from portal.records.machines import ACTIVE, MachineEntryRow
from portal.records.tenant_session import TenantSession


class MachinesOfType(NamedTuple):
    """How many active machines are of a type, by where they are; None: that is not known."""

    provider: str | None
    region: str | None
    instance_type: str | None
    machines: int


def counted(session: TenantSession, types: Collection[str]) -> list[MachinesOfType]:
    """The active machines of some types."""
    by = (MachineEntryRow.provider, MachineEntryRow.region, MachineEntryRow.instance_type)
    asked = select(*by, func.count(MachineEntryRow.id)).where(
        MachineEntryRow.instance_type.in_(types), MachineEntryRow.state == ACTIVE
    )
    return [MachinesOfType(*row) for row in session.execute(asked.group_by(*by))]
