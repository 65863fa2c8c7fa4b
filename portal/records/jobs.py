"""Load tests that are wanted on machines, the agents that run them, and tickets for live frames."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, TenantOwned, now

WANTED, TAKEN, RUNNING = "wanted", "taken", "running"
DONE, FAILED, CANCELLED, EXPIRED = "done", "failed", "cancelled", "expired"
ENDED = (DONE, FAILED, CANCELLED, EXPIRED)


class JobRow(Identified, PortalBase):
    """A load test that somebody wants of a machine.

    ``kernels``, ``levels`` and ``test_ids`` are words parted by spaces. ``due_at`` is when a portal
    has to look after it: the end of its waiting, of its agent's lease or of its time; NULL: it has
    ended. ``occupies`` is its machine while an agent has it: unique, so that a machine has one at a
    time, whatever two portals do. It stands alone in its constraint, because Oracle takes two rows
    of one tenant with NULL for alike. ``attempts`` counts how often an agent took it, and tells the
    reports of the last one from those of an earlier one.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("occupies"),
        UniqueConstraint("tenant_id", "request_key"),
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
        CheckConstraint(
            "state IN ('wanted', 'taken', 'running', 'done', 'failed', 'cancelled', 'expired')",
            name="state",
        ),
        CheckConstraint(
            "state IN ('taken', 'running') AND occupies IS NOT NULL AND occupies = machine_id "
            "OR state NOT IN ('taken', 'running') AND occupies IS NULL",
            name="occupies",
        ),
        Index("ix_jobs_asked", "tenant_id", "asked_at", "id"),
        Index("ix_jobs_due", "tenant_id", "due_at"),
        Index("ix_jobs_machine", "tenant_id", "machine_id", "asked_at", "id"),
        Index("ix_jobs_state", "tenant_id", "state", "asked_at", "id"),
    )

    machine_id: Mapped[uuid.UUID]
    request_key: Mapped[str] = mapped_column(String(64))
    kernels: Mapped[str] = mapped_column(String(1000))
    profile: Mapped[str] = mapped_column(String(30))
    levels: Mapped[str | None] = mapped_column(String(60))
    limit_seconds: Mapped[int] = mapped_column(Integer)
    wait_seconds: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str] = mapped_column(String(250))
    state: Mapped[str] = mapped_column(String(16), default=WANTED)
    occupies: Mapped[uuid.UUID | None]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    agent: Mapped[uuid.UUID | None]
    started_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    kernel: Mapped[str | None] = mapped_column(String(100))
    phase: Mapped[str | None] = mapped_column(String(100))
    progress_ratio: Mapped[float | None] = mapped_column(Double)
    units_per_second: Mapped[float | None] = mapped_column(Double)
    said: Mapped[str | None] = mapped_column(String(500))
    test_ids: Mapped[str | None] = mapped_column(Text)


class MachineAgentRow(TenantOwned, PortalBase):
    """The agent of a machine: the key that it comes with, and what it offers.

    ``watched_until`` is set by whoever shows the machine live, ``readings`` by its agent then.
    """

    __tablename__ = "machine_agents"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
    )

    machine_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key_id: Mapped[uuid.UUID]
    agent: Mapped[uuid.UUID]
    offers: Mapped[dict[str, Any] | None]
    bound_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    watched_until: Mapped[datetime | None]
    readings: Mapped[dict[str, Any] | None]
    read_at: Mapped[datetime | None]


class LiveTicketRow(Identified, PortalBase):
    """A ticket that opens one live connection; ``digest`` is the SHA-256 of the whole."""

    __tablename__ = "live_tickets"
    __table_args__ = (Index("ix_live_tickets_expires", "tenant_id", "expires_at"),)

    digest: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[uuid.UUID | None]
    shown: Mapped[str] = mapped_column(String(250))
    expires_at: Mapped[datetime]
