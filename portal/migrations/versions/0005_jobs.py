"""Load tests that are wanted of machines, their agents, and tickets for live connections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Microseconds since 1970 in UTC.
INSTANT = sa.BigInteger()
DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
OWNED = ("jobs", "machine_agents", "live_tickets")
TENANT = "NULLIF(current_setting('perfanalysis.tenant', true), '')::uuid"


def upgrade() -> None:
    """To this version."""
    _jobs()
    _machine_agents()
    _live_tickets()
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("kernels", sa.String(length=1000), nullable=False),
        sa.Column("profile", sa.String(length=30), nullable=False),
        sa.Column("levels", sa.String(length=60)),
        sa.Column("limit_seconds", sa.Integer(), nullable=False),
        sa.Column("wait_seconds", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.String(length=250), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("occupies", sa.Uuid()),
        sa.Column("due_at", INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("agent", sa.Uuid()),
        sa.Column("started_at", INSTANT),
        sa.Column("deadline_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("cancel_asked_at", INSTANT),
        sa.Column("kernel", sa.String(length=100)),
        sa.Column("phase", sa.String(length=100)),
        sa.Column("progress_ratio", sa.Double()),
        sa.Column("units_per_second", sa.Double()),
        sa.Column("said", sa.String(length=500)),
        sa.Column("test_ids", sa.Text()),
        sa.CheckConstraint(
            "state IN ('wanted', 'taken', 'running', 'done', 'failed', 'cancelled', 'expired')",
            name=op.f("ck_jobs_state"),
        ),
        sa.CheckConstraint(
            "state IN ('taken', 'running') AND occupies IS NOT NULL AND occupies = machine_id "
            "OR state NOT IN ('taken', 'running') AND occupies IS NULL",
            name=op.f("ck_jobs_occupies"),
        ),
        *_of_machine("jobs"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("occupies", name=op.f("uq_jobs_occupies")),
        sa.UniqueConstraint("tenant_id", "request_key", name=op.f("uq_jobs_tenant_id_request_key")),
    )
    op.create_index("ix_jobs_asked", "jobs", ["tenant_id", "asked_at", "id"])
    op.create_index("ix_jobs_due", "jobs", ["tenant_id", "due_at"])
    op.create_index("ix_jobs_machine", "jobs", ["tenant_id", "machine_id", "asked_at", "id"])
    op.create_index("ix_jobs_state", "jobs", ["tenant_id", "state", "asked_at", "id"])


def _of_machine(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["tenant_id", "machine_id"],
            ["machines.tenant_id", "machines.id"],
            name=op.f(f"fk_{table}_tenant_id_machine_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
    )


def _machine_agents() -> None:
    op.create_table(
        "machine_agents",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("offers", DOCUMENT),
        sa.Column("bound_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("watched_until", INSTANT),
        sa.Column("readings", DOCUMENT),
        sa.Column("read_at", INSTANT),
        *_of_machine("machine_agents"),
        sa.PrimaryKeyConstraint("tenant_id", "machine_id", name=op.f("pk_machine_agents")),
    )


def _live_tickets() -> None:
    op.create_table(
        "live_tickets",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.Uuid()),
        sa.Column("shown", sa.String(length=250), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_live_tickets_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_live_tickets")),
    )
    op.create_index("ix_live_tickets_expires", "live_tickets", ["tenant_id", "expires_at"])


def _secure_rows() -> None:
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # The owner too: a portal that is run by it is bound as well.
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} "
            f"USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
        )
