"""Browsers that get alerts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, now


class PushSubscriptionRow(Identified, PortalBase):
    """A browser's subscription. Who knows ``endpoint`` may push to it: nobody is shown it again.

    ``owner`` is whose it is within the tenant. ``digest`` is the SHA-256 of the endpoint, by which
    it is found; ``p256dh`` and ``auth`` are what a message is encrypted for, base64url.
    """

    __tablename__ = "push_subscriptions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "digest"),
        Index("ix_push_subscriptions_owner", "tenant_id", "owner", "created_at", "id"),
        Index("ix_push_subscriptions_created", "tenant_id", "created_at", "id"),
    )

    owner: Mapped[str] = mapped_column(String(250))
    endpoint: Mapped[str] = mapped_column(String(1000))
    digest: Mapped[str] = mapped_column(String(64))
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(250))
