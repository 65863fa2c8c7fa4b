"""Captures of old collectors, what moved from the old portal, and predictions and plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Microseconds since 1970 in UTC.
INSTANT = sa.BigInteger()
SUMMARY = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
OWNED = (
    "captures",
    "capture_pieces",
    "old_machines",
    "old_people",
    "work_documents",
    "work_document_machines",
)
TENANT = "NULLIF(current_setting('perfanalysis.tenant', true), '')::uuid"


def upgrade() -> None:
    """To this version."""
    _captures()
    _capture_pieces()
    _old_machines()
    _old_people()
    _work_documents()
    _work_document_machines()
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()


def _tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")
    )


def _machine(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "machine_id"],
        ["machines.tenant_id", "machines.id"],
        name=op.f(f"fk_{table}_tenant_id_machine_id"),
    )


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.String(length=100), nullable=False),
        sa.Column("form", sa.String(length=30), nullable=False),
        sa.Column("file_name", sa.String(length=200)),
        sa.Column("description", sa.Text()),
        sa.Column("site_number", sa.BigInteger()),
        sa.Column("host_number", sa.BigInteger()),
        sa.Column("began_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("received_by", sa.String(length=250), nullable=False),
        _tenant("captures"),
        _machine("captures"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_captures")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_captures_tenant_id_number")),
        sa.UniqueConstraint(
            "tenant_id",
            "machine_id",
            "series",
            name=op.f("uq_captures_tenant_id_machine_id_series"),
        ),
    )
    op.create_index("ix_captures_machine", "captures", ["tenant_id", "machine_id", "number"])


def _capture_pieces() -> None:
    op.create_table(
        "capture_pieces",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("capture_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _tenant("capture_pieces"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "capture_id"],
            ["captures.tenant_id", "captures.id"],
            name=op.f("fk_capture_pieces_tenant_id_capture_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "capture_id", "digest", name=op.f("pk_capture_pieces")
        ),
    )
    op.create_index(
        "ix_capture_pieces_began",
        "capture_pieces",
        ["tenant_id", "capture_id", "began_at", "digest"],
    )


def _old_machines() -> None:
    op.create_table(
        "old_machines",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("old_id", sa.String(length=64), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        _tenant("old_machines"),
        _machine("old_machines"),
        sa.PrimaryKeyConstraint("tenant_id", "old_id", name=op.f("pk_old_machines")),
    )
    op.create_index("ix_old_machines_machine", "old_machines", ["tenant_id", "machine_id"])


def _old_people() -> None:
    op.create_table(
        "old_people",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("email", sa.String(length=254)),
        sa.Column("full_name", sa.String(length=301)),
        sa.Column("active", sa.Boolean(name="active")),
        sa.Column("administers", sa.Boolean(name="administers")),
        sa.Column("moved_at", INSTANT, nullable=False),
        _tenant("old_people"),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_old_people")),
    )


def _work_documents() -> None:
    op.create_table(
        "work_documents",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("summary", SUMMARY),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("received_by", sa.String(length=250), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('prediction', 'plan')", name=op.f("ck_work_documents_kind")),
        _tenant("work_documents"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_work_documents")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "digest", name=op.f("uq_work_documents_tenant_id_kind_digest")
        ),
    )
    op.create_index(
        "ix_work_documents_received", "work_documents", ["tenant_id", "kind", "received_at", "id"]
    )


def _work_document_machines() -> None:
    op.create_table(
        "work_document_machines",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("machine", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        _tenant("work_document_machines"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["work_documents.tenant_id", "work_documents.id"],
            name=op.f("fk_work_document_machines_tenant_id_document_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "document_id", "machine", name=op.f("pk_work_document_machines")
        ),
    )
    op.create_index(
        "ix_work_document_machines_machine",
        "work_document_machines",
        ["tenant_id", "kind", "machine", "received_at", "document_id"],
    )


def _secure_rows() -> None:
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # The owner too: a portal that is run by it is bound as well.
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} "
            f"USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
        )
