"""What the role that serves may do on PostgreSQL: read and write rows, and nothing else."""

from __future__ import annotations

from sqlalchemy import Connection, text

from perfanalysis.errors import InputError
from portal.records.every_table import METADATA


def grant(connection: Connection, role: str) -> None:
    """Give a role what serving needs; it can be repeated.

    Raises:
        InputError: it is no role of that server, or one that row-level security would not bind.
    """
    if connection.dialect.name != "postgresql":
        raise InputError("--grant-to", "", "a database of PostgreSQL", connection.dialect.name)
    found = connection.execute(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role"), {"role": role}
    ).scalar_one_or_none()
    if found is None:
        raise InputError("--grant-to", "", "a role that the server has", role)
    if found:
        expected = "a role that is no superuser and has no BYPASSRLS"
        raise InputError("--grant-to", "", expected, role)
    quoted = connection.dialect.identifier_preparer.quote_identifier
    name = quoted(role)
    for table in METADATA.sorted_tables:
        rights = ", ".join(rights_to(table.name))
        connection.execute(text(f"GRANT {rights} ON {quoted(table.name)} TO {name}"))
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {name}"))


def rights_to(table: str) -> tuple[str, ...]:
    """What the role that serves may do with a table."""
    # An audit log that is appended to is all that it is; its trigger lets deletes of
    # a tenant that is being deleted pass.
    return ("SELECT", "INSERT", "DELETE") if table == "audit_log" else _ALL


_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
