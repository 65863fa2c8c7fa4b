"""The agents of machines: each machine's work goes to the key that first asked for it.

A key with the scope `report` may hand in results of any machine; it takes work of those machines
alone that are bound to it. The first key that asks for a machine's work is bound to it; a key that
a rotation put in its place takes over; any other one is refused until an admin frees the machine.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.inventory.facts import MachineFacts
from portal.inventory.registering import register
from portal.records import paging
from portal.records.base import now
from portal.records.faults import ConflictError, NotThereError
from portal.records.jobs import MachineAgentRow
from portal.records.machines import ACTIVE, MachineEntryRow
from portal.records.paging import ListOrder, Paged
from portal.records.tenant_session import TenantSession
from portal.records.tenants import KeyRow

# A chain of rotations; who rotates more often while an agent is away binds it anew.
_MOST_ROTATIONS = 20
BY_NAME = ListOrder((MachineEntryRow.name,), (paging.word,))


class AgentPresent(NamedTuple):
    """Who asks for a machine's work.

    Attributes:
        machine: its name.
        agent: the agent's own id, which it keeps over its restarts.
        offers: what may be started there: ``kernels``, ``profiles``, ``most_seconds``; for JSON.
    """

    machine: str
    agent: uuid.UUID
    offers: dict[str, Any]


def arrive(session: TenantSession, caller: Caller, present: AgentPresent) -> MachineAgentRow:
    """Note that an agent is there, and bind its machine to its key where nobody is.

    Args:
        session: that may write.
        caller: whose key it is.
        present: who it is.

    Raises:
        ConflictError: the machine is bound to another key, or is not active.
        InputError: its name cannot be kept.
    """
    machine = register(session, caller, MachineFacts(present.machine), "request").row
    if machine.state != ACTIVE:
        raise ConflictError(f"machine {machine.name!r} is {machine.state}: it gets no work")
    row = of_machine(session, machine.id, lock=True) or _bound(session, caller, machine, present)
    check_key(session, caller, row, machine.name)
    if row.agent != present.agent or row.offers != present.offers:
        row.agent, row.offers = present.agent, present.offers
    row.seen_at = now()
    session.flush()
    return row


def of_machine(
    session: TenantSession, machine: uuid.UUID, *, lock: bool = False
) -> MachineAgentRow | None:
    """The agent of a machine; None: none has ever asked."""
    asked = select(MachineAgentRow).where(MachineAgentRow.machine_id == machine)
    return session.scalar(asked.with_for_update() if lock else asked)


def check_key(session: TenantSession, caller: Caller, row: MachineAgentRow, name: str) -> None:
    """See that a caller's key is the one of a machine's agent; a rotated one takes its place.

    Raises:
        ConflictError: it is another one.
    """
    if caller.key == row.key_id:
        return
    if caller.key is not None and _was_rotated_to(session, row.key_id, caller.key):
        row.key_id = caller.key
        write_down(session, caller, "agent.rotate", name)
        return
    raise ConflictError(
        f"the work of machine {name!r} goes to another key: an admin frees it "
        f"(DELETE /api/v1/agents/{row.machine_id})"
    )


def listed(
    session: TenantSession, cursor: str | None, limit: int
) -> Paged[tuple[MachineAgentRow, str]]:
    """A page of agents with their machines' names, by these.

    Raises:
        InputError: the cursor is none.
    """
    # Of two columns, which the types of a page do not know.
    asked: Any = select(MachineAgentRow, MachineEntryRow.name).join(
        MachineEntryRow,
        (MachineEntryRow.tenant_id == MachineAgentRow.tenant_id)
        & (MachineEntryRow.id == MachineAgentRow.machine_id),
    )
    found = session.execute(paging.page(asked, BY_NAME, cursor, limit))
    return paging.paged([(row, name) for row, name in found], limit, lambda pair: [pair[1]])


def free(session: TenantSession, caller: Caller, machine: uuid.UUID) -> None:
    """Have a machine be bound to no key; the next one that asks for its work is.

    Raises:
        NotThereError: it has no agent.
    """
    row = of_machine(session, machine, lock=True)
    if row is None:
        raise NotThereError("agent of machine", machine)
    session.delete(row)
    write_down(session, caller, "agent.free", str(machine))


def keep_readings(
    session: TenantSession,
    caller: Caller,
    machine: uuid.UUID,
    agent: uuid.UUID,
    readings: dict[str, float],
) -> bool:
    """Keep what an agent reads of its machine.

    Returns:
        Whether somebody still watches.

    Raises:
        NotThereError, ConflictError: it is not the machine's agent.
    """
    row = of_machine(session, machine, lock=True)
    if row is None:
        raise NotThereError("agent of machine", machine)
    check_key(session, caller, row, str(machine))
    if row.agent != agent:
        raise ConflictError("another agent has taken this machine over")
    row.readings, row.read_at = readings, now()
    session.flush()
    return is_watched(row)


def is_watched(row: MachineAgentRow, at: datetime | None = None) -> bool:
    """Whether somebody wants to see the machine's readings now."""
    return row.watched_until is not None and (at or now()) < row.watched_until


def _bound(
    session: TenantSession, caller: Caller, machine: MachineEntryRow, present: AgentPresent
) -> MachineAgentRow:
    if caller.key is None:
        raise ConflictError("work of a machine is taken with a key")
    row = MachineAgentRow(
        machine_id=machine.id, key_id=caller.key, agent=present.agent, offers=present.offers
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        # Another process was quicker.
        found = of_machine(session, machine.id, lock=True)
        assert found is not None
        return found
    write_down(session, caller, "agent.bind", machine.name)
    return row


def _was_rotated_to(session: TenantSession, old: uuid.UUID, new: uuid.UUID) -> bool:
    found: uuid.UUID | None = old
    for _ in range(_MOST_ROTATIONS):
        found = session.scalar(select(KeyRow.replaced_by).where(KeyRow.id == found))
        if found is None or found == new:
            return found == new
    return False
