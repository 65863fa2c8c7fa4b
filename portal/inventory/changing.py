"""What people do to entries: change them, retire and bring back, merge two."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select, update

from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.inventory import facts as machine_facts
from portal.inventory import watched
from portal.inventory.facts import MachineFacts
from portal.inventory.registering import apply
from portal.records.faults import ConflictError, NotThereError
from portal.records.load_tests import LoadTestRow
from portal.records.machines import ACTIVE, MERGED, RETIRED, MachineEntryRow
from portal.records.tenant_session import TenantSession


def find(session: TenantSession, machine: uuid.UUID, *, lock: bool = False) -> MachineEntryRow:
    """A machine by its id.

    Raises:
        NotThereError: this tenant has none of that id.
    """
    asked = select(MachineEntryRow).where(MachineEntryRow.id == machine)
    row = session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise NotThereError("machine", machine)
    return row


def change(
    session: TenantSession,
    caller: Caller,
    machine: uuid.UUID,
    values: Mapping[str, object],
    revision: int | None = None,
) -> MachineEntryRow:
    """Set fields of a machine; None makes one unknown.

    Args:
        session: that may write.
        caller: who does it.
        machine: its id.
        values: by field of ``facts.FIELDS``.
        revision: that the caller has seen; None: whatever it is.

    Raises:
        NotThereError, ConflictError, InputError: it is not there, was merged or changed meanwhile,
            or a value cannot be kept.
    """
    row = find(session, machine, lock=True)
    machine_facts.check(MachineFacts(row.name, values), "request")
    _check_not_merged(row)
    if revision is not None and revision != row.revision:
        raise ConflictError(
            f"machine {row.name!r} is at revision {row.revision}, no more at {revision}: "
            "somebody has changed it meanwhile; look at it again"
        )
    apply(session, caller, row, "change", values)
    return row


def set_state(
    session: TenantSession, caller: Caller, machine: uuid.UUID, *, retired: bool
) -> MachineEntryRow:
    """Retire a machine, which keeps its tests, or bring it back.

    Raises:
        NotThereError, ConflictError: it is not there, or was merged.
    """
    row = find(session, machine, lock=True)
    _check_not_merged(row)
    action, state = ("retire", RETIRED) if retired else ("bring back", ACTIVE)
    if apply(session, caller, row, action, {"state": state}):
        write_down(session, caller, f"machine.{action.replace(' ', '_')}", row.name)
    return row


def merge(
    session: TenantSession, caller: Caller, source: uuid.UUID, target: uuid.UUID
) -> MachineEntryRow:
    """Make one of two entries: the target gets the source's tests and what watches it, and its
    name leads there.

    What is unknown of the target is taken from the source.

    Returns:
        The target.

    Raises:
        NotThereError, ConflictError: one is not there, or was merged, or both are one.
    """
    if source == target:
        raise ConflictError("a machine cannot be merged into itself")
    # In one order for all, so that no two wait for each other.
    both = {one: find(session, one, lock=True) for one in sorted((source, target))}
    old, kept = both[source], both[target]
    _check_not_merged(old)
    _check_not_merged(kept)
    taken = {
        name: getattr(old, name)
        for name in machine_facts.FIELDS
        if getattr(kept, name) is None and getattr(old, name) is not None
    }
    moving = update(LoadTestRow).where(LoadTestRow.machine_id == source)
    session.execute(moving.values(machine_id=target))
    leading = update(MachineEntryRow).where(MachineEntryRow.merged_into == source)
    session.execute(leading.values(merged_into=target))
    watched.move(session, caller, source, target)
    apply(session, caller, kept, "merge", taken)
    apply(session, caller, old, "merge", {"state": MERGED, "merged_into": target})
    write_down(session, caller, "machine.merge", old.name, into=kept.name)
    return kept


def _check_not_merged(row: MachineEntryRow) -> None:
    if row.state == MERGED:
        raise ConflictError(f"machine {row.name!r} was merged into {row.merged_into}")
