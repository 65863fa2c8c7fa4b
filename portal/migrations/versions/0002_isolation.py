"""Row-level security on PostgreSQL, and triggers that keep the audit log as it was written.

A batch migration of SQLite makes a table anew and loses its triggers: one that touches
``audit_log`` has to make them again. On Oracle neither is made.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNED = (
    "api_keys",
    "machines",
    "machine_changes",
    "load_tests",
    "load_test_documents",
    "load_test_notes",
    "baselines",
    "audit_log",
)
# A setting of a transaction that is over is '' for the next one of the connection, and not NULL.
TENANT = "NULLIF(current_setting('perfanalysis.tenant', true), '')::uuid"
PREFIX = "NULLIF(current_setting('perfanalysis.key_prefix', true), '')"
OPERATOR = "current_setting('perfanalysis.operator', true) = 'on'"
FORGOTTEN = "EXISTS (SELECT 1 FROM tenants WHERE id = OLD.tenant_id AND state = 'deleting')"


def upgrade() -> None:
    """To this version."""
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()
        _keep_log_in_postgresql()
    if op.get_bind().dialect.name == "sqlite":
        _keep_log_in_sqlite()


def _secure_rows() -> None:
    for table in (*OWNED, "tenants"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # The owner too: a portal that is run by it is bound as well.
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in OWNED:
        op.execute(
            f"CREATE POLICY own_rows ON {table} "
            f"USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
        )
    op.execute(f"CREATE POLICY asked_key ON api_keys FOR SELECT USING (prefix = {PREFIX})")
    op.execute(f"CREATE POLICY own_row ON tenants FOR SELECT USING (id = {TENANT})")
    op.execute(f"CREATE POLICY operator ON tenants USING ({OPERATOR}) WITH CHECK ({OPERATOR})")


def _keep_log_in_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' AND {FORGOTTEN} THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'the audit log is appended to, and never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER keep_audit_log BEFORE UPDATE OR DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION keep_audit_log()"
    )
    op.execute(
        "CREATE FUNCTION keep_whole_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the audit log is appended to, and never emptied'; END $$"
    )
    op.execute(
        "CREATE TRIGGER keep_whole_audit_log BEFORE TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_whole_audit_log()"
    )


def _keep_log_in_sqlite() -> None:
    said = "SELECT RAISE(ABORT, 'the audit log is appended to, and never changed')"
    op.execute(f"CREATE TRIGGER keep_audit_log_rows BEFORE UPDATE ON audit_log BEGIN {said}; END")
    op.execute(
        f"CREATE TRIGGER keep_audit_log BEFORE DELETE ON audit_log WHEN NOT {FORGOTTEN} "
        f"BEGIN {said}; END"
    )
