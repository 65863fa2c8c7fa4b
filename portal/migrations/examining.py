"""Whether a database is as this program needs it: schema, role, rights, row security, clock."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table, text

from perfanalysis.errors import InputError
from portal.migrations.grants import rights_to
from portal.migrations.running import check_version, newest
from portal.records.base import now
from portal.records.every_table import METADATA
from portal.records.opening import check_role

# Keys end, and tests are counted, by the clocks of portals and not by the database's.
MOST_SECONDS_APART = 2.0


class Examined(NamedTuple):
    """What was looked at, and what was found.

    Attributes:
        subject: such as ``schema``.
        said: what is so.
        to_do: what to do about it; None: nothing, it is well.
    """

    subject: str
    said: str
    to_do: str | None = None


def examine(engine: Engine) -> list[Examined]:
    """Look at a database with the role that serves; what cannot be looked at now is left out."""
    found = [_schema(engine)]
    if engine.dialect.name != "postgresql" or found[0].to_do:
        return found
    found.append(_role(engine))
    with engine.connect() as connection:
        found += [_clock(connection), _size(connection), _rights(connection)]
        if not found[-1].to_do:
            found.append(_row_security(connection))
    return found


def _schema(engine: Engine) -> Examined:
    try:
        check_version(engine)
    except InputError as error:
        return Examined("schema", str(error), "say `perfanalysis portal migrate`")
    return Examined("schema", newest())


def _role(engine: Engine) -> Examined:
    try:
        check_role(engine)
    except InputError as error:
        return Examined("role", str(error), "serve by another role")
    return Examined("role", "row-level security binds it")


def _rights(connection: Connection) -> Examined:
    missing, beyond = [], []
    asked = text("SELECT has_table_privilege(current_user, :table, :right)")
    for table in METADATA.sorted_tables:
        wanted = rights_to(table.name)
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            has = connection.scalar(asked, {"table": table.name, "right": right})
            if has and right not in wanted:
                beyond.append(f"{right} on {table.name}")
            if not has and right in wanted:
                missing.append(f"{right} on {table.name}")
    if missing:
        to_do = "say `perfanalysis portal migrate --grant-to ROLE` as the tables' owner"
        return Examined("rights", f"it lacks {', '.join(missing)}", to_do)
    if beyond:
        return Examined("rights", f"it has {', '.join(beyond)}", "revoke that from the role")
    return Examined("rights", "what serving needs, and no more")


def _row_security(connection: Connection) -> Examined:
    """By what the catalogue says, and by looking: who told no tenant sees no row."""
    asked = text(
        "SELECT relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policies p "
        "WHERE p.tablename = c.relname AND p.schemaname = current_schema()) "
        "FROM pg_class c WHERE c.oid = to_regclass(:table)"
    )
    open_ = [
        table.name
        for table in METADATA.sorted_tables
        if not connection.scalar(asked, {"table": table.name}) or _shows_rows(connection, table)
    ]
    if open_:
        said = f"it does not hold {', '.join(open_)}: rows of one tenant may reach another one"
        to_do = "stop serving; say `perfanalysis portal migrate`, and look who changed the tables"
        return Examined("row-level security", said, to_do)
    return Examined("row-level security", "holds each table; without a tenant no row is seen")


def _shows_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(table.select().limit(1)).first() is not None


def _size(connection: Connection) -> Examined:
    size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    return Examined("size", f"{size / 1e6:.0f} MB; its disk is not seen from here")


def _clock(connection: Connection) -> Examined:
    theirs = connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
    apart = now().timestamp() - float(theirs)
    said = f"{abs(apart):.1f} s {'ahead of' if apart > 0 else 'behind'} the database's"
    if abs(apart) > MOST_SECONDS_APART:
        return Examined("clock", said, "have both machines keep time (NTP)")
    return Examined("clock", said)
