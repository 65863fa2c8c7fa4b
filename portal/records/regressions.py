"""Regressions: what is watched, what was found by that, and runs that are wanted."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, now

SUSPECTED, CONFIRMED = "suspected", "confirmed"
WITHDRAWN, OVER, ACCEPTED = "withdrawn", "over", "accepted"
OPEN = (SUSPECTED, CONFIRMED)
STATES = (*OPEN, WITHDRAWN, OVER, ACCEPTED)
WANTED, DONE = "wanted", "done"


class ThresholdRow(Identified, PortalBase):
    """What is watched, and from which drop on it is told.

    What is NULL of machine, type and kernel is any; ``scope`` says the three as one text, so that
    no two thresholds are of the same.
    """

    __tablename__ = "regression_thresholds"
    __table_args__ = (
        UniqueConstraint("tenant_id", "scope"),
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
        CheckConstraint("machine_id IS NULL OR instance_type IS NULL", name="scope"),
        Index("ix_regression_thresholds_machine", "tenant_id", "machine_id"),
        Index("ix_regression_thresholds_created", "tenant_id", "created_at", "id"),
    )

    scope: Mapped[str] = mapped_column(String(300))
    machine_id: Mapped[uuid.UUID | None]
    instance_type: Mapped[str | None] = mapped_column(String(100))
    kernel: Mapped[str | None] = mapped_column(String(100))
    drop_ratio: Mapped[float] = mapped_column(Double)
    least_runs: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(250))
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[str | None] = mapped_column(String(250))


class RegressionRow(Identified, PortalBase):
    """A machine that does less of a kernel than it did, under the same conditions.

    ``threshold_*`` is what the threshold said then, which may be gone. ``usual_units`` is the
    geometric mean of ``earlier_runs`` runs, work units per second; drops are shares of it;
    ``*_p`` says how often chance brings such a drop. ``held`` keeps one of a series open at a time.
    """

    __tablename__ = "regressions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "held"),
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
        CheckConstraint(
            "state IN ('suspected', 'confirmed', 'withdrawn', 'over', 'accepted')", name="state"
        ),
        Index("ix_regressions_suspected", "tenant_id", "suspected_at", "id"),
        Index("ix_regressions_state", "tenant_id", "state", "suspected_at", "id"),
        Index("ix_regressions_machine", "tenant_id", "machine_id", "suspected_at", "id"),
        Index("ix_regressions_threshold", "tenant_id", "threshold_id"),
    )

    held: Mapped[str] = mapped_column(String(200))
    machine_id: Mapped[uuid.UUID]
    kernel: Mapped[str] = mapped_column(String(100))
    conditions: Mapped[str] = mapped_column(String(16))
    threshold_id: Mapped[uuid.UUID | None]
    threshold_drop: Mapped[float] = mapped_column(Double)
    threshold_runs: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    why: Mapped[str | None] = mapped_column(String(250))
    earlier_runs: Mapped[int] = mapped_column(Integer)
    usual_units: Mapped[float] = mapped_column(Double)
    first_test_id: Mapped[str] = mapped_column(String(128))
    first_at: Mapped[datetime]
    first_drop: Mapped[float] = mapped_column(Double)
    first_p: Mapped[float] = mapped_column(Double)
    second_test_id: Mapped[str | None] = mapped_column(String(128))
    second_drop: Mapped[float | None] = mapped_column(Double)
    second_p: Mapped[float | None] = mapped_column(Double)
    last_test_id: Mapped[str] = mapped_column(String(128))
    last_at: Mapped[datetime]
    suspected_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(250))


class WantedRunRow(Identified, PortalBase):
    """A run that somebody, or a suspicion, asks of a machine; ``test_id`` is the one that came."""

    __tablename__ = "wanted_runs"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
        CheckConstraint("state IN ('wanted', 'done', 'withdrawn')", name="state"),
        Index("ix_wanted_runs_state", "tenant_id", "state", "asked_at", "id"),
        Index("ix_wanted_runs_machine", "tenant_id", "machine_id"),
    )

    machine_id: Mapped[uuid.UUID]
    kernel: Mapped[str] = mapped_column(String(100))
    profile: Mapped[str | None] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(String(250))
    regression_id: Mapped[uuid.UUID | None]
    state: Mapped[str] = mapped_column(String(16), default=WANTED)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    test_id: Mapped[str | None] = mapped_column(String(128))
