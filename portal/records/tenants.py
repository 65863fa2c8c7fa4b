"""Tenants, and the keys by which their programs and people come in."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, now

ACTIVE, SUSPENDED, DELETING = "active", "suspended", "deleting"


class TenantRow(PortalBase):
    """Whose records they are. ``is_operator``: its admin keys provision the other tenants."""

    __tablename__ = "tenants"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("state IN ('active', 'suspended', 'deleting')", name="state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(63))
    state: Mapped[str] = mapped_column(String(16), default=ACTIVE)
    is_operator: Mapped[bool] = mapped_column(Boolean(name="is_operator"), default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)


class KeyRow(Identified, PortalBase):
    """A key: what is public of it, and the SHA-256 of the whole; the key itself is nowhere.

    ``scopes`` are words parted by spaces. ``replaced_by`` is the key that a rotation made.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("prefix"),
        Index("ix_api_keys_created", "tenant_id", "created_at", "id"),
    )

    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[str] = mapped_column(String(100))
    requests_per_minute: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(250))
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    replaced_by: Mapped[uuid.UUID | None]
