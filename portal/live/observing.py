"""One look at a tenant's tables: what its live connections show, and whom its agents wait for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select, update

from portal.access import keys
from portal.jobs.agents import is_watched
from portal.records.base import now
from portal.records.jobs import WANTED, JobRow, MachineAgentRow
from portal.records.tenant_session import TenantSession
from portal.records.tenants import ACTIVE, KeyRow, TenantRow

# Who is watched is told so for so long; the hub says it again before that is over.
WATCH = timedelta(seconds=15)
_MOST_JOBS = 2000


@dataclass(frozen=True)
class LiveInterest:
    """What a tenant's connections and agents want to know.

    Attributes:
        machines: whose readings somebody sees here.
        jobs: jobs that somebody saw open; None: nobody looks at jobs.
        waiting: machines whose agents wait here.
        renews: whether it is time to say again who is watched.
        keys: of the connections, to be looked at; None: not now.
    """

    machines: frozenset[uuid.UUID]
    jobs: frozenset[uuid.UUID] | None
    waiting: frozenset[uuid.UUID]
    renews: bool
    keys: frozenset[uuid.UUID] | None = None


@dataclass(frozen=True)
class LiveObservation:
    """What was seen.

    Attributes:
        jobs: those that are open, and those of the interest that have ended, as they are shown.
        readings: by machine, as they are shown.
        called: of those that wait, machines that have a job waiting and none that is going on.
        watched: of those that wait, machines that somebody watches.
        alive: keys that are still good; None: they were not looked at.
    """

    jobs: Mapping[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    readings: Mapping[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    called: frozenset[uuid.UUID] = frozenset()
    watched: frozenset[uuid.UUID] = frozenset()
    alive: frozenset[uuid.UUID] | None = None


def observe(engine: Engine, tenant: uuid.UUID, interest: LiveInterest) -> LiveObservation:
    """Look once.

    Args:
        engine: of the portal's database.
        tenant: whose tables.
        interest: what for.
    """
    if interest.machines and interest.renews:
        _say_watched(engine, tenant, interest.machines)
    with TenantSession(engine, tenant) as session:
        return LiveObservation(
            {} if interest.jobs is None else _jobs(session, interest.jobs),
            _readings(session, interest.machines),
            _called(session, interest.waiting),
            _watched(session, interest.waiting),
            None if interest.keys is None else _alive(session, interest.keys),
        )


def shown_job(row: JobRow) -> dict[str, Any]:
    """A job as live frames have it; what is unknown is absent."""
    found = {
        "id": row.id,
        "machine_id": row.machine_id,
        "state": row.state,
        "kernels": row.kernels.split(),
        "profile": row.profile,
        "kernel": row.kernel,
        "phase": row.phase,
        "progress_ratio": row.progress_ratio,
        "units_per_second": row.units_per_second,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "cancel_asked_at": row.cancel_asked_at,
        "said": row.said,
        "test_ids": row.test_ids.split() if row.test_ids else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _say_watched(engine: Engine, tenant: uuid.UUID, machines: Collection[uuid.UUID]) -> None:
    with TenantSession(engine, tenant, writes=True) as session, session.begin():
        said = (
            update(MachineAgentRow)
            .where(MachineAgentRow.machine_id.in_(sorted(machines)))
            .values(watched_until=now() + WATCH)
        )
        session.execute(said.execution_options(synchronize_session=False))


def _jobs(
    session: TenantSession, seen: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, dict[str, Any]]:
    asked = select(JobRow).where(JobRow.due_at.is_not(None)).order_by(JobRow.due_at)
    rows = list(session.scalars(asked.limit(_MOST_JOBS)))
    ended = set(seen) - {row.id for row in rows}
    if ended:
        rows += session.scalars(select(JobRow).where(JobRow.id.in_(sorted(ended)))).all()
    return {row.id: shown_job(row) for row in rows}


def _readings(
    session: TenantSession, machines: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, dict[str, Any]]:
    if not machines:
        return {}
    asked = select(MachineAgentRow).where(MachineAgentRow.machine_id.in_(sorted(machines)))
    return {
        row.machine_id: {
            "machine_id": row.machine_id,
            "agent_seen_at": row.seen_at,
            "read_at": row.read_at,
            "readings": row.readings,
        }
        for row in session.scalars(asked)
    }


def _called(session: TenantSession, waiting: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    if not waiting:
        return frozenset()
    asked = select(JobRow.machine_id, JobRow.state, JobRow.occupies).where(
        JobRow.due_at.is_not(None), JobRow.machine_id.in_(sorted(waiting))
    )
    wanted, busy = set[uuid.UUID](), set[uuid.UUID]()
    for machine, state, _ in session.execute(asked):
        (wanted if state == WANTED else busy).add(machine)
    return frozenset(wanted - busy)


def _watched(session: TenantSession, waiting: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    if not waiting:
        return frozenset()
    agents = select(MachineAgentRow).where(
        MachineAgentRow.machine_id.in_(sorted(waiting)), MachineAgentRow.watched_until.is_not(None)
    )
    return frozenset(row.machine_id for row in session.scalars(agents) if is_watched(row))


def _alive(session: TenantSession, asked: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    tenant = session.scalar(select(TenantRow))
    if tenant is None or tenant.state != ACTIVE:
        return frozenset()
    rows = session.scalars(select(KeyRow).where(KeyRow.id.in_(sorted(asked))))
    return frozenset(row.id for row in rows if keys.is_alive(row))
