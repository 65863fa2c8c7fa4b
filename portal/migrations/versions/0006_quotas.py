"""What a tenant may have at most."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A setting of a transaction that is over is '' for the next one of the connection, and not NULL.
TENANT = "NULLIF(current_setting('perfanalysis.tenant', true), '')::uuid"
# Whoever takes documents in already.
SERVING = (
    "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE "
    "table_schema = current_schema() AND table_name = 'load_tests' AND privilege_type = 'INSERT' "
    "AND grantee <> current_user"
)


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "tenant_quotas",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("tests_per_day", sa.Integer()),
        sa.Column("machines", sa.Integer()),
        sa.Column("stored_bytes", sa.BigInteger()),
        sa.Column("keys", sa.Integer()),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("tests_today", sa.Integer(), nullable=False),
        sa.Column("bytes_now", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_quotas_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenant_quotas")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()


def _secure_rows() -> None:
    op.execute("ALTER TABLE tenant_quotas ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE tenant_quotas FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_rows ON tenant_quotas "
        f"USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
    )
    bind = op.get_bind()
    quoted = bind.dialect.identifier_preparer.quote_identifier
    # A portal that serves already goes on without a further grant.
    for (role,) in bind.execute(sa.text(SERVING)).all():
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_quotas TO {quoted(role)}")
