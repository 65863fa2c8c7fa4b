"""What was worked out from recordings: predictions and plans, as the documents that came."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, TenantOwned, now

PREDICTION, PLAN = "prediction", "plan"


class WorkDocumentRow(Identified, PortalBase):
    """A prediction or a plan.

    ``summary`` is what lists show of it. ``body`` is the document as it came, compressed (zlib),
    and is read by who asks for it alone; ``digest`` the SHA-256 of its bytes, ``size`` their
    number.
    """

    __tablename__ = "work_documents"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "digest"),
        CheckConstraint("kind IN ('prediction', 'plan')", name="kind"),
        Index("ix_work_documents_received", "tenant_id", "kind", "received_at", "id"),
    )

    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    summary: Mapped[dict[str, Any] | None]
    received_at: Mapped[datetime] = mapped_column(default=now)
    received_by: Mapped[str] = mapped_column(String(250))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class WorkDocumentMachineRow(TenantOwned, PortalBase):
    """A machine that such a document speaks of, by the name that it has there.

    It is no reference to the inventory: a plan speaks of machines that nobody has.
    """

    __tablename__ = "work_document_machines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "document_id"], ["work_documents.tenant_id", "work_documents.id"]
        ),
        Index(
            "ix_work_document_machines_machine",
            "tenant_id",
            "kind",
            "machine",
            "received_at",
            "document_id",
        ),
    )

    document_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    machine: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime]
