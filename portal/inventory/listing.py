"""Lists of machines, and of the changes of one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from portal.records import paging
from portal.records.base import microseconds, moment
from portal.records.machines import ACTIVE, MachineChangeRow, MachineEntryRow
from portal.records.paging import ListOrder, Paged
from portal.records.tenant_session import TenantSession

FILTERS = ("name", "provider", "region", "zone", "instance_type", "owner", "state")
BY_NAME = ListOrder((MachineEntryRow.name,), (paging.word,))
NEWEST = ListOrder(
    (MachineChangeRow.changed_at, MachineChangeRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
    descending=True,
)


def asked(filters: Mapping[str, str | None]) -> Select[MachineEntryRow]:
    """The statement for machines that fulfil all filters; None: whatever that field is."""
    statement = select(MachineEntryRow)
    for name, value in filters.items():
        if value is not None:
            statement = statement.where(getattr(MachineEntryRow, name) == value)
    return statement


def machines(
    session: TenantSession, filters: Mapping[str, str | None], cursor: str | None, limit: int
) -> Paged[MachineEntryRow]:
    """A page of machines, by name.

    Raises:
        InputError: the cursor is none.
    """
    found = session.scalars(paging.page(asked(filters), BY_NAME, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [row.name])


def changes_of(machine: uuid.UUID) -> Select[MachineChangeRow]:
    """The statement for the changes of a machine."""
    return select(MachineChangeRow).where(MachineChangeRow.machine_id == machine)


def history(
    session: TenantSession, machine: uuid.UUID, cursor: str | None, limit: int
) -> Paged[MachineChangeRow]:
    """A page of a machine's changes, the newest first.

    Raises:
        InputError: the cursor is none.
    """
    found = session.scalars(paging.page(changes_of(machine), NEWEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.changed_at), str(row.id)])


def scraped(session: TenantSession, filters: Mapping[str, str | None]) -> list[MachineEntryRow]:
    """All active machines with an address, by name."""
    wanted: dict[str, Any] = {**filters, "state": ACTIVE}
    found = asked(wanted).where(MachineEntryRow.address.is_not(None)).order_by(MachineEntryRow.name)
    return list(session.scalars(found))
