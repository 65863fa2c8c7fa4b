"""The audit log: who did what. Triggers keep what was written from being changed or taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, now


class AuditRow(Identified, PortalBase):
    """One act; ``facts`` never hold a key."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_recorded", "tenant_id", "recorded_at", "id"),)

    recorded_at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(250))
    action: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str | None] = mapped_column(String(250))
    request_id: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any] | None]
