"""Browsers that get alerts by Web Push."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "push_subscriptions"
# Microseconds since 1970 in UTC.
INSTANT = sa.BigInteger()
TENANT = "NULLIF(current_setting('perfanalysis.tenant', true), '')::uuid"


def upgrade() -> None:
    """To this version."""
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(length=250), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("p256dh", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_push_subscriptions_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint(
            "tenant_id", "digest", name=op.f("uq_push_subscriptions_tenant_id_digest")
        ),
    )
    op.create_index(
        "ix_push_subscriptions_owner", TABLE, ["tenant_id", "owner", "created_at", "id"]
    )
    op.create_index("ix_push_subscriptions_created", TABLE, ["tenant_id", "created_at", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {TABLE} "
            f"USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
        )
