"""Lists of captures, and one by its id or its number."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from portal.inventory import changing
from portal.inventory.registering import successor
from portal.records import paging
from portal.records.captures import CaptureRow, OldMachineRow
from portal.records.faults import NotThereError
from portal.records.machines import MachineEntryRow
from portal.records.paging import ListOrder, Paged
from portal.records.tenant_session import TenantSession

NEWEST = ListOrder((CaptureRow.number,), (paging.whole,), descending=True)


def captures(
    session: TenantSession, machines: Sequence[uuid.UUID] | None, cursor: str | None, limit: int
) -> Paged[CaptureRow]:
    """A page of captures, the newest first.

    Args:
        session: of the tenant.
        machines: whose; None: any.
        cursor: where the last page ended.
        limit: of captures.

    Raises:
        InputError: the cursor is none.
    """
    asked = select(CaptureRow)
    if machines is not None:
        asked = asked.where(CaptureRow.machine_id.in_(machines))
    found = session.scalars(paging.page(asked, NEWEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [row.number])


def entries_of(session: TenantSession, machine: uuid.UUID) -> list[uuid.UUID]:
    """The entry of a machine, and those that were merged into it, whose captures stay theirs.

    Raises:
        NotThereError: this tenant has no such machine.
    """
    own = changing.find(session, machine).id
    merged = select(MachineEntryRow.id).where(MachineEntryRow.merged_into == machine)
    return [own, *session.scalars(merged)]


def find(session: TenantSession, capture: uuid.UUID) -> CaptureRow:
    """A capture by its id.

    Raises:
        NotThereError: this tenant has none of that id.
    """
    row = session.scalar(select(CaptureRow).where(CaptureRow.id == capture))
    if row is None:
        raise NotThereError("capture", capture)
    return row


def by_number(session: TenantSession, number: int) -> CaptureRow:
    """A capture by the number that old clients call a run.

    Raises:
        NotThereError: this tenant has none of that number.
    """
    row = session.scalar(select(CaptureRow).where(CaptureRow.number == number))
    if row is None:
        raise NotThereError("run", number)
    return row


def machine_of_old_id(session: TenantSession, old_id: str) -> MachineEntryRow:
    """The machine that an id of the old portal leads to, or an id of this one.

    Raises:
        NotThereError: neither is known to this tenant.
    """
    moved = session.scalar(select(OldMachineRow.machine_id).where(OldMachineRow.old_id == old_id))
    if moved is None:
        try:
            moved = uuid.UUID(old_id)
        except ValueError:
            raise NotThereError("machine", old_id) from None
    return successor(session, changing.find(session, moved))
