"""Bring a database to the schema that this program has, or say how far it is from it."""

from __future__ import annotations

import logging
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

LOG = logging.getLogger(__name__)
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
    found = _scripts().get_current_head()
    assert found is not None
    return found


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def version_of(engine: Engine) -> str | None:
    """The version that a database is of; None: it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, grant_to: str | None = None) -> tuple[str | None, str | None]:
    """Bring a database to the newest version, in one transaction; a newer one stays as it is.

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
            if is_newer(before):
                return before, before
            command.upgrade(configuration(connection), "head")
            if grant_to is not None:
                grant(connection, grant_to)
    except DatabaseError as error:
        said = " ".join(str(error.orig).split())
        raise PerfAnalysisError(f"the database cannot be migrated: {said}") from error
    return before, newest()


def is_newer(found: str | None) -> bool:
    """Whether a version is of a later program than this one.

    Such a schema serves this program, too: versions add, and take away only what the release
    before did not use any more. So old and new programs run side by side while one replaces the
    other, and an older one can come back.
    """
    known = {one.revision for one in _scripts().walk_revisions()}
    return found is not None and found not in known and found > newest()


def check_version(engine: Engine) -> None:
    """See that a database has the schema that this program needs, or a newer one.

    Raises:
        InputError: it has an older one, or none.
    """
    found = version_of(engine)
    if is_newer(found):
        LOG.warning("the schema %s is newer than this program's %s", found, newest())
    elif found != newest():
        expected = f"the schema {newest()} (`perfanalysis portal migrate` brings it there)"
        raise InputError("database", "schema", expected, found or "none")
