"""Bring a database to the schema that this program has, or say how far it is from it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError

from perfanalysis.errors import InputError, PerfAnalysisError
from portal.migrations.grants import grant
from portal.records.tenant_session import WRITES

_FOLDER = Path(__file__).parent
# Of PostgreSQL's advisory locks: two that migrate at once do it one after the other.
_LOCK = 0x70657266


def configuration(connection: Connection) -> Config:
    """Of Alembic, for a connection that is open."""
    # "%" would be read as the start of a reference.
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """The version that this program needs."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    found = ScriptDirectory.from_config(config).get_current_head()
    assert found is not None
    return found


def version_of(engine: Engine) -> str | None:
    """The version that a database is of; None: it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, grant_to: str | None = None) -> tuple[str | None, str]:
    """Bring a database to the newest version, in one transaction.

    Args:
        engine: of a role that owns the tables, or will.
        grant_to: a role of PostgreSQL that is to serve: it gets what it needs and no more.

    Returns:
        The versions before and after.

    Raises:
        InputError: the role is not there.
        PerfAnalysisError: the database does not let it.
    """
    bound = engine.execution_options(**{WRITES: True})
    try:
        with bound.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            before = MigrationContext.configure(connection).get_current_revision()
            command.upgrade(configuration(connection), "head")
            if grant_to is not None:
                grant(connection, grant_to)
    except DatabaseError as error:
        said = " ".join(str(error.orig).split())
        raise PerfAnalysisError(f"the database cannot be migrated: {said}") from error
    return before, newest()


def check_version(engine: Engine) -> None:
    """See that a database has the schema that this program needs.

    Raises:
        InputError: it has another one.
    """
    found = version_of(engine)
    if found != newest():
        expected = f"the schema {newest()} (`perfanalysis portal migrate` brings it there)"
        raise InputError("database", "schema", expected, found or "none")
