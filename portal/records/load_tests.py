"""Load tests: the figures that lists show, the documents themselves, notes and baselines."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, TenantOwned, now


class LoadTestRow(TenantOwned, PortalBase):
    """A load test, by its test id; the same id twice is the same test.

    Rates are work units per second. ``max_*`` is the median at full load, ``work_*`` the mean,
    which is what money buys, ``dollar_*`` that for each dollar an hour. ``conditions`` is the
    fingerprint that tests share which may be held against each other, ``full_conditions`` whether
    all of the machine took part. What a document does not say is NULL.
    """

    __tablename__ = "load_tests"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
        Index("ix_load_tests_measured", "tenant_id", "measured_at", "test_id"),
        Index("ix_load_tests_machine", "tenant_id", "machine_id", "measured_at", "test_id"),
        Index("ix_load_tests_kernel", "tenant_id", "kernel", "measured_at", "test_id"),
        Index("ix_load_tests_type", "tenant_id", "instance_type", "measured_at", "test_id"),
        Index("ix_load_tests_provider", "tenant_id", "provider", "measured_at", "test_id"),
    )

    test_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    machine_id: Mapped[uuid.UUID]
    kernel: Mapped[str] = mapped_column(String(100))
    kernel_version: Mapped[str] = mapped_column(String(200))
    profile: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str | None] = mapped_column(String(100))
    region: Mapped[str | None] = mapped_column(String(100))
    instance_type: Mapped[str | None] = mapped_column(String(100))
    measured_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=now)
    received_by: Mapped[str] = mapped_column(String(250))
    duration_seconds: Mapped[float | None] = mapped_column(Double)
    valid: Mapped[bool | None] = mapped_column(Boolean(name="valid"))
    max_units_per_second: Mapped[float | None] = mapped_column(Double)
    max_lower: Mapped[float | None] = mapped_column(Double)
    max_upper: Mapped[float | None] = mapped_column(Double)
    work_units_per_second: Mapped[float | None] = mapped_column(Double)
    work_lower: Mapped[float | None] = mapped_column(Double)
    work_upper: Mapped[float | None] = mapped_column(Double)
    single_units_per_second: Mapped[float | None] = mapped_column(Double)
    price_dollars_per_hour: Mapped[float | None] = mapped_column(Double)
    purchase: Mapped[str | None] = mapped_column(String(100))
    conditions: Mapped[str | None] = mapped_column(String(16))
    full_conditions: Mapped[bool | None] = mapped_column(Boolean(name="full_conditions"))
    dollar_units: Mapped[float | None] = mapped_column(Double)
    dollar_lower: Mapped[float | None] = mapped_column(Double)
    dollar_upper: Mapped[float | None] = mapped_column(Double)


class DocumentRow(TenantOwned, PortalBase):
    """A document as it came, compressed (zlib), apart from the figures, which lists read.

    ``digest`` is the SHA-256 of its JSON value, however that was spelled; ``size`` that of the
    bytes as they came.
    """

    __tablename__ = "load_test_documents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "test_id"], ["load_tests.tenant_id", "load_tests.test_id"]
        ),
    )

    test_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class NoteRow(Identified, PortalBase):
    """What a person says of a test."""

    __tablename__ = "load_test_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "test_id"], ["load_tests.tenant_id", "load_tests.test_id"]
        ),
        Index("ix_load_test_notes_test", "tenant_id", "test_id", "written_at", "id"),
    )

    test_id: Mapped[str] = mapped_column(String(128))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(default=now)
    written_by: Mapped[str] = mapped_column(String(250))


class BaselineRow(TenantOwned, PortalBase):
    """A test that others are held against, by a name of the tenant's own."""

    __tablename__ = "baselines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "test_id"], ["load_tests.tenant_id", "load_tests.test_id"]
        ),
        Index("ix_baselines_test", "tenant_id", "test_id"),
    )

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    test_id: Mapped[str] = mapped_column(String(128))
    pinned_at: Mapped[datetime] = mapped_column(default=now)
    pinned_by: Mapped[str] = mapped_column(String(250))
