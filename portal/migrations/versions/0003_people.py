"""People who come in by a browser, and their sessions; with row-level security on PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Microseconds since 1970 in UTC.
INSTANT = sa.BigInteger()
TENANT = "NULLIF(current_setting('perfanalysis.tenant', true), '')::uuid"
NAME = "NULLIF(current_setting('perfanalysis.user_name', true), '')"
SESSION = "NULLIF(current_setting('perfanalysis.session_digest', true), '')"


def upgrade() -> None:
    """To this version."""
    _users()
    _sessions()
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.String(length=100), nullable=False),
        sa.Column("password", sa.String(length=200)),
        sa.Column("oidc_email", sa.String(length=320)),
        sa.Column("oidc_issuer", sa.String(length=500)),
        sa.Column("oidc_subject", sa.String(length=255)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=250), nullable=False),
        sa.Column("last_login_at", INSTANT),
        sa.Column("disabled_at", INSTANT),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_users_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sa.UniqueConstraint(
            "tenant_id",
            "oidc_issuer",
            "oidc_subject",
            name=op.f("uq_users_tenant_id_oidc_issuer_oidc_subject"),
        ),
        sa.UniqueConstraint("tenant_id", "oidc_email", name=op.f("uq_users_tenant_id_oidc_email")),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("key_id", sa.Uuid()),
        sa.Column("device_digest", sa.String(length=64)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.CheckConstraint(
            "user_id IS NOT NULL AND key_id IS NULL OR user_id IS NULL AND key_id IS NOT NULL",
            name=op.f("ck_sessions_whose"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_sessions_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_sessions_tenant_id_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "key_id"],
            ["api_keys.tenant_id", "api_keys.id"],
            name=op.f("fk_sessions_tenant_id_key_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_sessions_digest")),
    )
    op.create_index("ix_sessions_user", "sessions", ["tenant_id", "user_id", "created_at"])
    op.create_index("ix_sessions_key", "sessions", ["tenant_id", "key_id"])
    op.create_index("ix_sessions_expires", "sessions", ["tenant_id", "expires_at"])


def _secure_rows() -> None:
    for table in ("users", "sessions"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} "
            f"USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
        )
    op.execute(f"CREATE POLICY asked_user ON users FOR SELECT USING (name = {NAME})")
    op.execute(f"CREATE POLICY asked_session ON sessions FOR SELECT USING (digest = {SESSION})")
