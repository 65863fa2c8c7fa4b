"""People who come in by a browser, and their sessions."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import Identified, PortalBase, now


class UserRow(Identified, PortalBase):
    """A person of a tenant; the name by which they log in is nobody else's in the whole portal.

    ``password`` is argon2's own text. ``oidc_email`` lets in who an identity provider says has that
    address, once: from then on ``oidc_issuer`` and ``oidc_subject`` are theirs. NULL: no such way.
    """

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("tenant_id", "oidc_issuer", "oidc_subject"),
        UniqueConstraint("tenant_id", "oidc_email"),
    )

    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[str] = mapped_column(String(100))
    password: Mapped[str | None] = mapped_column(String(200))
    oidc_email: Mapped[str | None] = mapped_column(String(320))
    oidc_issuer: Mapped[str | None] = mapped_column(String(500))
    oidc_subject: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(250))
    last_login_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class BrowserSessionRow(Identified, PortalBase):
    """A log-in that lasts: of a user, or of whoever has a key.

    ``digest`` is the SHA-256 of what the browser's cookie holds. ``device_digest`` that of another
    cookie, which outlives the session: a browser that this user came in by before.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("digest"),
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"]),
        ForeignKeyConstraint(["tenant_id", "key_id"], ["api_keys.tenant_id", "api_keys.id"]),
        CheckConstraint(
            "user_id IS NOT NULL AND key_id IS NULL OR user_id IS NULL AND key_id IS NOT NULL",
            name="whose",
        ),
        Index("ix_sessions_user", "tenant_id", "user_id", "created_at"),
        Index("ix_sessions_key", "tenant_id", "key_id"),
        Index("ix_sessions_expires", "tenant_id", "expires_at"),
    )

    digest: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[uuid.UUID | None]
    key_id: Mapped[uuid.UUID | None]
    device_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
