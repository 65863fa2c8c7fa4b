"""Captures of old collectors: what was uploaded, and the bytes; and what moved from the old portal.

A capture has one piece where it came as a file, and many where a collector sent it tick by tick.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, TenantOwned, now


class CaptureRow(Identified, PortalBase):
    """A capture of one machine; what is not known of it is NULL.

    ``number`` counts the tenant's captures: old clients know them as runs. ``series`` tells apart
    what is one capture of a machine: the digest of a file, the day of what came tick by tick, the
    id that it had in the old portal. ``size`` is that of all pieces, 0 where only the old portal's
    words of it are here. ``began_at`` and ``ended_at`` are the first and last times in it.
    """

    __tablename__ = "captures"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "machine_id", "series"),
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
        Index("ix_captures_machine", "tenant_id", "machine_id", "number"),
    )

    number: Mapped[int] = mapped_column(Integer)
    machine_id: Mapped[uuid.UUID]
    series: Mapped[str] = mapped_column(String(100))
    form: Mapped[str] = mapped_column(String(30))
    file_name: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    site_number: Mapped[int | None] = mapped_column(BigInteger)
    host_number: Mapped[int | None] = mapped_column(BigInteger)
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    received_at: Mapped[datetime] = mapped_column(default=now)
    received_by: Mapped[str] = mapped_column(String(250))


class CapturePieceRow(TenantOwned, PortalBase):
    """Bytes of a capture as they came, compressed (zlib); ``digest`` is their SHA-256."""

    __tablename__ = "capture_pieces"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "capture_id"], ["captures.tenant_id", "captures.id"]),
        Index("ix_capture_pieces_began", "tenant_id", "capture_id", "began_at", "digest"),
    )

    capture_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    began_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class OldMachineRow(TenantOwned, PortalBase):
    """Which machine an id of the old portal is: its clients upload by that id."""

    __tablename__ = "old_machines"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"]),
        Index("ix_old_machines_machine", "tenant_id", "machine_id"),
    )

    old_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    machine_id: Mapped[uuid.UUID]


class OldPersonRow(TenantOwned, PortalBase):
    """Who had an account in the old portal; passwords stayed there."""

    __tablename__ = "old_people"

    name: Mapped[str] = mapped_column(String(150), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    full_name: Mapped[str | None] = mapped_column(String(301))
    active: Mapped[bool | None] = mapped_column(Boolean(name="active"))
    administers: Mapped[bool | None] = mapped_column(Boolean(name="administers"))
    moved_at: Mapped[datetime] = mapped_column(default=now)
