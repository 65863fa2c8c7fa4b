"""The records: tenants, keys, machines, load tests, notes, baselines and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Microseconds since 1970 in UTC.
INSTANT = sa.BigInteger()
DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)


def upgrade() -> None:
    """To this version."""
    _tenants()
    _api_keys()
    _audit_log()
    _machines()
    _load_tests()
    _machine_changes()
    _baselines()
    _load_test_documents()
    _load_test_notes()


def _tenants() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("is_operator", sa.Boolean(name="is_operator"), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'deleting')", name=op.f("ck_tenants_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("name", name=op.f("uq_tenants_name")),
    )


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.String(length=100), nullable=False),
        sa.Column("requests_per_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=250), nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("last_used_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.Column("replaced_by", sa.Uuid()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_api_keys_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_index("ix_api_keys_created", "api_keys", ["tenant_id", "created_at", "id"])


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=250)),
        sa.Column("request_id", sa.String(length=64)),
        sa.Column("facts", DOCUMENT),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_audit_log_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_recorded", "audit_log", ["tenant_id", "recorded_at", "id"])


def _machines() -> None:
    op.create_table(
        "machines",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=100)),
        sa.Column("region", sa.String(length=100)),
        sa.Column("zone", sa.String(length=100)),
        sa.Column("instance_type", sa.String(length=100)),
        sa.Column("logical_cpus", sa.Integer()),
        sa.Column("memory_bytes", sa.BigInteger()),
        sa.Column("architecture", sa.String(length=50)),
        sa.Column("address", sa.String(length=300)),
        sa.Column("owner", sa.String(length=200)),
        sa.Column("labels", DOCUMENT),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("merged_into", sa.Uuid()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'merged' AND merged_into IS NOT NULL "
            "OR state <> 'merged' AND merged_into IS NULL",
            name=op.f("ck_machines_merged"),
        ),
        sa.CheckConstraint(
            "state IN ('active', 'retired', 'merged')", name=op.f("ck_machines_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merged_into"],
            ["machines.tenant_id", "machines.id"],
            name=op.f("fk_machines_tenant_id_merged_into"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_machines_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_machines")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_machines_tenant_id_name")),
    )
    op.create_index("ix_machines_merged_into", "machines", ["tenant_id", "merged_into"])
    op.create_index("ix_machines_owner", "machines", ["tenant_id", "owner", "name"])
    op.create_index("ix_machines_provider", "machines", ["tenant_id", "provider", "name"])
    op.create_index("ix_machines_state", "machines", ["tenant_id", "state", "name"])
    op.create_index("ix_machines_type", "machines", ["tenant_id", "instance_type", "name"])


def _load_tests() -> None:
    op.create_table(
        "load_tests",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("test_id", sa.String(length=128), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("kernel", sa.String(length=100), nullable=False),
        sa.Column("kernel_version", sa.String(length=200), nullable=False),
        sa.Column("profile", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=100)),
        sa.Column("region", sa.String(length=100)),
        sa.Column("instance_type", sa.String(length=100)),
        sa.Column("measured_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("received_by", sa.String(length=250), nullable=False),
        sa.Column("duration_seconds", sa.Double()),
        sa.Column("valid", sa.Boolean(name="valid")),
        sa.Column("max_units_per_second", sa.Double()),
        sa.Column("max_lower", sa.Double()),
        sa.Column("max_upper", sa.Double()),
        sa.Column("work_units_per_second", sa.Double()),
        sa.Column("work_lower", sa.Double()),
        sa.Column("work_upper", sa.Double()),
        sa.Column("single_units_per_second", sa.Double()),
        sa.Column("price_dollars_per_hour", sa.Double()),
        sa.Column("purchase", sa.String(length=100)),
        sa.ForeignKeyConstraint(
            ["tenant_id", "machine_id"],
            ["machines.tenant_id", "machines.id"],
            name=op.f("fk_load_tests_tenant_id_machine_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_load_tests_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "test_id", name=op.f("pk_load_tests")),
    )
    op.create_index(
        "ix_load_tests_kernel", "load_tests", ["tenant_id", "kernel", "measured_at", "test_id"]
    )
    op.create_index(
        "ix_load_tests_machine", "load_tests", ["tenant_id", "machine_id", "measured_at", "test_id"]
    )
    op.create_index("ix_load_tests_measured", "load_tests", ["tenant_id", "measured_at", "test_id"])
    op.create_index(
        "ix_load_tests_provider", "load_tests", ["tenant_id", "provider", "measured_at", "test_id"]
    )
    op.create_index(
        "ix_load_tests_type", "load_tests", ["tenant_id", "instance_type", "measured_at", "test_id"]
    )


def _machine_changes() -> None:
    op.create_table(
        "machine_changes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.String(length=250), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("fields", DOCUMENT),
        sa.ForeignKeyConstraint(
            ["tenant_id", "machine_id"],
            ["machines.tenant_id", "machines.id"],
            name=op.f("fk_machine_changes_tenant_id_machine_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_machine_changes_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_machine_changes")),
    )
    op.create_index(
        "ix_machine_changes_machine",
        "machine_changes",
        ["tenant_id", "machine_id", "changed_at", "id"],
    )


def _baselines() -> None:
    op.create_table(
        "baselines",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("test_id", sa.String(length=128), nullable=False),
        sa.Column("pinned_at", INSTANT, nullable=False),
        sa.Column("pinned_by", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "test_id"],
            ["load_tests.tenant_id", "load_tests.test_id"],
            name=op.f("fk_baselines_tenant_id_test_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_baselines_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_baselines")),
    )
    op.create_index("ix_baselines_test", "baselines", ["tenant_id", "test_id"])


def _load_test_documents() -> None:
    op.create_table(
        "load_test_documents",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("test_id", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "test_id"],
            ["load_tests.tenant_id", "load_tests.test_id"],
            name=op.f("fk_load_test_documents_tenant_id_test_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_load_test_documents_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "test_id", name=op.f("pk_load_test_documents")),
    )


def _load_test_notes() -> None:
    op.create_table(
        "load_test_notes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("test_id", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("written_by", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "test_id"],
            ["load_tests.tenant_id", "load_tests.test_id"],
            name=op.f("fk_load_test_notes_tenant_id_test_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_load_test_notes_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_load_test_notes")),
    )
    op.create_index(
        "ix_load_test_notes_test", "load_test_notes", ["tenant_id", "test_id", "written_at", "id"]
    )
