"""Machines, and each change of one with who made it and when."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, now

ACTIVE, RETIRED, MERGED = "active", "retired", "merged"


class MachineEntryRow(Identified, PortalBase):
    """A machine of the inventory; what nobody said is NULL.

    ``merged_into`` is the entry that took this one's tests; its name still leads there.
    ``revision`` grows by one with each change: of two that change at once, one is told.
    """

    __tablename__ = "machines"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        ForeignKeyConstraint(["tenant_id", "merged_into"], ["machines.tenant_id", "machines.id"]),
        CheckConstraint("state IN ('active', 'retired', 'merged')", name="state"),
        CheckConstraint(
            "state = 'merged' AND merged_into IS NOT NULL "
            "OR state <> 'merged' AND merged_into IS NULL",
            name="merged",
        ),
        Index("ix_machines_merged_into", "tenant_id", "merged_into"),
        Index("ix_machines_state", "tenant_id", "state", "name"),
        Index("ix_machines_provider", "tenant_id", "provider", "name"),
        Index("ix_machines_type", "tenant_id", "instance_type", "name"),
        Index("ix_machines_owner", "tenant_id", "owner", "name"),
    )

    name: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str | None] = mapped_column(String(100))
    region: Mapped[str | None] = mapped_column(String(100))
    zone: Mapped[str | None] = mapped_column(String(100))
    instance_type: Mapped[str | None] = mapped_column(String(100))
    logical_cpus: Mapped[int | None] = mapped_column(Integer)
    memory_bytes: Mapped[int | None] = mapped_column(BigInteger)
    architecture: Mapped[str | None] = mapped_column(String(50))
    address: Mapped[str | None] = mapped_column(String(300))
    owner: Mapped[str | None] = mapped_column(String(200))
    labels: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(String(16), default=ACTIVE)
    merged_into: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it


class MachineChangeRow(Identified, PortalBase):
    """One change: ``fields`` has, by field, what was and what is."""

    __tablename__ = "machine_changes"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
        Index("ix_machine_changes_machine", "tenant_id", "machine_id", "changed_at", "id"),
    )

    machine_id: Mapped[uuid.UUID]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str] = mapped_column(String(250))
    action: Mapped[str] = mapped_column(String(30))
    fields: Mapped[dict[str, Any] | None]
