"""Machines that tell of themselves, or of which a test or a file tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access import quotas
from portal.access.caller import Caller
from portal.inventory import facts as machine_facts
from portal.inventory.facts import MachineFacts
from portal.records.base import now
from portal.records.machines import MERGED, MachineChangeRow, MachineEntryRow
from portal.records.tenant_session import TenantSession

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


class Registered(NamedTuple):
    """A machine, and what became of its entry: ``created``, ``updated`` or ``unchanged``."""

    row: MachineEntryRow
    outcome: str


def register(session: TenantSession, caller: Caller, facts: MachineFacts, where: str) -> Registered:
    """Have an entry for a machine, with what is known of it now.

    A name of an entry that was merged leads to the one that took its place. A retired machine
    stays so.

    Args:
        session: that may write.
        caller: who says it.
        facts: what is said.
        where: what they are from, for messages.

    Raises:
        InputError: they cannot be kept.
        QuotaError: the tenant may have no further machine.
    """
    machine_facts.check(facts, where)
    row = by_name(session, facts.name)
    if row is None:
        quotas.take_machine(session)
        made = _create(session, caller, facts)
        if made is not None:
            return Registered(made, CREATED)
        # Another process was quicker.
        row = by_name(session, facts.name)
        assert row is not None
    if row.state == MERGED or not _new(row, facts.known):
        # Of a merged machine its successor's facts are its own, not those of the old name.
        return Registered(successor(session, row), UNCHANGED)
    row = locked(session, row)
    changed = apply(session, caller, row, "register", facts.known)
    return Registered(row, UPDATED if changed else UNCHANGED)


def by_name(session: TenantSession, name: str) -> MachineEntryRow | None:
    """The entry of that name, merged ones too."""
    return session.scalar(select(MachineEntryRow).where(MachineEntryRow.name == name))


def successor(session: TenantSession, row: MachineEntryRow) -> MachineEntryRow:
    """The entry that a merged one leads to; one that is not merged itself."""
    while row.merged_into is not None:
        row = session.scalars(
            select(MachineEntryRow).where(MachineEntryRow.id == row.merged_into)
        ).one()
    return row


def locked(session: TenantSession, row: MachineEntryRow) -> MachineEntryRow:
    """The same entry as it is now, which nobody else changes until the transaction ends."""
    asked = select(MachineEntryRow).where(MachineEntryRow.id == row.id).with_for_update()
    return session.scalars(asked.execution_options(populate_existing=True)).one()


def apply(
    session: TenantSession,
    caller: Caller,
    row: MachineEntryRow,
    action: str,
    values: Mapping[str, object],
) -> bool:
    """Set fields of an entry, and write down what they were.

    Returns:
        Whether anything is other than before.
    """
    new = _new(row, values)
    if not new:
        return False
    fields = {name: [_plain(getattr(row, name)), _plain(value)] for name, value in new.items()}
    for name, value in new.items():
        setattr(row, name, value)
    row.updated_at = now()
    _remember(session, caller, row, action, fields)
    return True


def _create(session: TenantSession, caller: Caller, facts: MachineFacts) -> MachineEntryRow | None:
    row = MachineEntryRow(name=facts.name, **facts.known)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return None
    fields = {name: [None, _plain(v)] for name, v in facts.known.items() if v is not None}
    _remember(session, caller, row, "create", fields)
    return row


def _new(row: MachineEntryRow, values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def _remember(
    session: TenantSession,
    caller: Caller,
    row: MachineEntryRow,
    action: str,
    fields: Mapping[str, object],
) -> None:
    session.add(
        MachineChangeRow(
            machine_id=row.id, changed_by=caller.shown, action=action, fields=dict(fields) or None
        )
    )
    session.flush()


def _plain(value: object) -> object:
    """As JSON has it."""
    return value if value is None or isinstance(value, str | int | dict) else str(value)
