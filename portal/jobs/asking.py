"""Ask for a load test on a machine, and take that back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from perfanalysis.errors import InputError
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.inventory import changing
from portal.jobs import agents
from portal.jobs.settling import end
from portal.records.base import now
from portal.records.faults import ConflictError, NotThereError
from portal.records.jobs import CANCELLED, ENDED, WANTED, JobRow, MachineAgentRow
from portal.records.machines import ACTIVE
from portal.records.tenant_session import TenantSession

# That wait for one machine.
MOST_WAITING = 20


@dataclass(frozen=True)
class JobWish:
    """A load test that somebody wants.

    Attributes:
        machine: where.
        kernels: what to run, by name; empty: those of the profile.
        profile: how.
        levels: busy levels, percent; empty: those of the profile.
        limit_seconds: after which it is ended.
        wait_seconds: after which nobody wants it any more.
    """

    machine: uuid.UUID
    kernels: tuple[str, ...]
    profile: str
    levels: tuple[int, ...]
    limit_seconds: int
    wait_seconds: int

    @property
    def values(self) -> dict[str, object]:
        """As a row has it."""
        return {
            "machine_id": self.machine,
            "kernels": " ".join(self.kernels),
            "profile": self.profile,
            "levels": " ".join(map(str, self.levels)) or None,
            "limit_seconds": self.limit_seconds,
            "wait_seconds": self.wait_seconds,
        }


def ask(
    session: TenantSession, caller: Caller, wish: JobWish, request_key: str | None
) -> tuple[JobRow, bool]:
    """Have a machine's agent run a test as soon as it can.

    Args:
        session: that may write.
        caller: who wants it.
        wish: what.
        request_key: the same one again is the same wish; None: a new one.

    Returns:
        The job, and whether it is new.

    Raises:
        NotThereError: there is no such machine.
        ConflictError: it is not active, has no agent, has enough to do, or the request's key was
            another wish's.
        InputError: its agent does not offer that.
    """
    machine = changing.find(session, wish.machine)
    known = None if request_key is None else _same(session, wish, request_key)
    if known is not None:
        return known, False
    if machine.state != ACTIVE:
        raise ConflictError(f"machine {machine.name!r} is {machine.state}: it gets no work")
    agent = agents.of_machine(session, machine.id)
    if agent is None:
        expected = "start `perfanalysis loadtest agent` there"
        raise ConflictError(f"machine {machine.name!r} has no agent: {expected}")
    _check_offered(wish, agent)
    _check_room(session, machine.id, machine.name)
    row = JobRow(id=uuid.uuid4(), asked_by=caller.shown, **wish.values)
    row.request_key = request_key or str(row.id)
    row.due_at = now() + timedelta(seconds=wish.wait_seconds)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        # The same request, in another process.
        assert request_key is not None
        found = _same(session, wish, request_key)
        assert found is not None
        return found, False
    facts = {"job": str(row.id), "kernels": row.kernels, "profile": row.profile}
    write_down(session, caller, "job.ask", machine.name, **facts)
    return row, True


def cancel(session: TenantSession, caller: Caller, job: uuid.UUID) -> JobRow:
    """Take a wish back; what runs is stopped by its agent within seconds. Again, nothing changes.

    Raises:
        NotThereError: there is no such job.
    """
    row = locked(session, job)
    if row.state in ENDED or row.cancel_asked_at is not None:
        return row
    row.cancel_asked_at = now()
    if row.state == WANTED:
        end(row, CANCELLED, "before an agent took it")
    write_down(session, caller, "job.cancel", str(row.id))
    session.flush()
    return row


def locked(session: TenantSession, job: uuid.UUID) -> JobRow:
    """A job, which nobody else changes until the transaction ends.

    Raises:
        NotThereError: there is no such job.
    """
    row = session.scalar(select(JobRow).where(JobRow.id == job).with_for_update())
    if row is None:
        raise NotThereError("job", job)
    return row


def _same(session: TenantSession, wish: JobWish, request_key: str) -> JobRow | None:
    row = session.scalar(select(JobRow).where(JobRow.request_key == request_key))
    if row is not None and any(getattr(row, name) != it for name, it in wish.values.items()):
        raise ConflictError(f"the Idempotency-Key {request_key!r} was that of another job")
    return row


def _check_offered(wish: JobWish, agent: MachineAgentRow) -> None:
    offers = agent.offers or {}
    kernels, profiles = offers.get("kernels", []), offers.get("profiles", [])
    for kernel in wish.kernels:
        if kernel not in kernels:
            expected = f"what the machine's agent offers: {', '.join(kernels)}"
            raise InputError("request", "kernels", expected, kernel)
    if wish.profile not in profiles:
        expected = f"what the machine's agent offers: {', '.join(profiles)}"
        raise InputError("request", "profile", expected, wish.profile)
    most = offers.get("most_seconds")
    if isinstance(most, int) and wish.limit_seconds > most:
        expected = f"at most {most}, as the machine's agent has it"
        raise InputError("request", "limit_seconds", expected, wish.limit_seconds)


def _check_room(session: TenantSession, machine: uuid.UUID, name: str) -> None:
    asked = select(func.count(JobRow.id)).where(
        JobRow.machine_id == machine, JobRow.state == WANTED
    )
    if (session.scalar(asked) or 0) >= MOST_WAITING:
        raise ConflictError(f"{MOST_WAITING} jobs wait for machine {name!r} already")
