"""Regressions: thresholds, what was found by them, wanted runs; conditions of tests, and money."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()
OWNED = ("regression_thresholds", "regressions", "wanted_runs")
TENANT = "NULLIF(current_setting('perfanalysis.tenant', true), '')::uuid"


def upgrade() -> None:
    """To this version."""
    for column in (
        sa.Column("conditions", sa.String(length=16)),
        sa.Column("full_conditions", sa.Boolean(name="full_conditions")),
        sa.Column("dollar_units", sa.Double()),
        sa.Column("dollar_lower", sa.Double()),
        sa.Column("dollar_upper", sa.Double()),
    ):
        op.add_column("load_tests", column)
    _thresholds()
    _regressions()
    _wanted_runs()
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()


def _secure_rows() -> None:
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} "
            f"USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
        )


def _owned(table: str, *columns: sa.schema.SchemaItem) -> None:
    """A table of rows of one tenant each, with ids of their own and of a machine."""
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["tenant_id", "machine_id"],
            ["machines.tenant_id", "machines.id"],
            name=op.f(f"fk_{table}_tenant_id_machine_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def _thresholds() -> None:
    table = "regression_thresholds"
    _owned(
        table,
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("machine_id", sa.Uuid()),
        sa.Column("instance_type", sa.String(length=100)),
        sa.Column("kernel", sa.String(length=100)),
        sa.Column("drop_ratio", sa.Double(), nullable=False),
        sa.Column("least_runs", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=250), nullable=False),
        sa.Column("changed_at", INSTANT),
        sa.Column("changed_by", sa.String(length=250)),
        sa.CheckConstraint(
            "machine_id IS NULL OR instance_type IS NULL", name=op.f(f"ck_{table}_scope")
        ),
        sa.UniqueConstraint("tenant_id", "scope", name=op.f(f"uq_{table}_tenant_id_scope")),
    )
    op.create_index(f"ix_{table}_machine", table, ["tenant_id", "machine_id"])
    op.create_index(f"ix_{table}_created", table, ["tenant_id", "created_at", "id"])


def _regressions() -> None:
    _owned(
        "regressions",
        sa.Column("held", sa.String(length=200), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("kernel", sa.String(length=100), nullable=False),
        sa.Column("conditions", sa.String(length=16), nullable=False),
        sa.Column("threshold_id", sa.Uuid()),
        sa.Column("threshold_drop", sa.Double(), nullable=False),
        sa.Column("threshold_runs", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=250)),
        sa.Column("earlier_runs", sa.Integer(), nullable=False),
        sa.Column("usual_units", sa.Double(), nullable=False),
        sa.Column("first_test_id", sa.String(length=128), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("first_drop", sa.Double(), nullable=False),
        sa.Column("first_p", sa.Double(), nullable=False),
        sa.Column("second_test_id", sa.String(length=128)),
        sa.Column("second_drop", sa.Double()),
        sa.Column("second_p", sa.Double()),
        sa.Column("last_test_id", sa.String(length=128), nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("suspected_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", sa.String(length=250)),
        sa.CheckConstraint(
            "state IN ('suspected', 'confirmed', 'withdrawn', 'over', 'accepted')",
            name=op.f("ck_regressions_state"),
        ),
        sa.UniqueConstraint("tenant_id", "held", name=op.f("uq_regressions_tenant_id_held")),
    )
    by_time = ["suspected_at", "id"]
    op.create_index("ix_regressions_suspected", "regressions", ["tenant_id", *by_time])
    op.create_index("ix_regressions_state", "regressions", ["tenant_id", "state", *by_time])
    op.create_index("ix_regressions_machine", "regressions", ["tenant_id", "machine_id", *by_time])
    op.create_index("ix_regressions_threshold", "regressions", ["tenant_id", "threshold_id"])


def _wanted_runs() -> None:
    _owned(
        "wanted_runs",
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("kernel", sa.String(length=100), nullable=False),
        sa.Column("profile", sa.String(length=200)),
        sa.Column("why", sa.String(length=250), nullable=False),
        sa.Column("regression_id", sa.Uuid()),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("test_id", sa.String(length=128)),
        sa.CheckConstraint(
            "state IN ('wanted', 'done', 'withdrawn')", name=op.f("ck_wanted_runs_state")
        ),
    )
    op.create_index("ix_wanted_runs_state", "wanted_runs", ["tenant_id", "state", "asked_at", "id"])
    op.create_index("ix_wanted_runs_machine", "wanted_runs", ["tenant_id", "machine_id"])
