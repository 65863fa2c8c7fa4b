"""Open the portal's database: a SQLite file, or what a URL names."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from perfanalysis.errors import InputError
from portal.records import lost_connections
from portal.records.tenant_session import WRITES

FILE = "portal.sqlite"
_BUSY_SECONDS = 30
# Answers wait this long for a connection before they are "try again".
_POOL_SECONDS = 10
# A connection that was idle for longer is asked before it is used.
_REST_SECONDS = 1.0
_DRIVERS = {"postgresql": "psycopg", "oracle": "oracledb", "sqlite": "pysqlite"}


def url_of(given: str, where: str) -> URL:
    """The URL of a database, with the driver that is installed for it.

    Args:
        given: such as ``postgresql://portal@db.example/portal`` or ``sqlite:////srv/portal.sqlite``.
        where: what it is from, for messages, which never show it.

    Raises:
        InputError: it is none, or of a database that the portal does not know.
    """
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise InputError(where, "", "a URL such as postgresql://portal@host/portal") from error
    name = url.get_backend_name()
    if name not in _DRIVERS:
        raise InputError(where, "", f"a database of {', '.join(sorted(_DRIVERS))}", name)
    return url if "+" in url.drivername else url.set(drivername=f"{name}+{_DRIVERS[name]}")


def sqlite_url(path: Path) -> URL:
    """The URL of a SQLite file."""
    return URL.create("sqlite+pysqlite", database=str(path.absolute()))


def open_engine(url: URL, *, connections: int = 20) -> Engine:
    """An engine of the portal's database; nothing is asked of it yet.

    Args:
        url: of ``url_of``.
        connections: the most that are open at a time.

    Raises:
        InputError: its driver is not installed.
    """
    more: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        more["connect_args"] = {"timeout": _BUSY_SECONDS}
        _make_private(url)
    elif url.get_backend_name() == "postgresql":
        more["connect_args"] = lost_connections.patience(url)
    try:
        engine = create_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=_POOL_SECONDS,
            hide_parameters=True,
            **more,
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise InputError("database", "", f"an installed driver for {url.drivername}") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        _ping_after_a_rest(engine)
        event.listen(engine, "handle_error", lost_connections.not_now)
    return engine


def _ping_after_a_rest(engine: Engine) -> None:
    """See that a connection that was not used for a while is still one.

    ``pool_pre_ping`` would ask before each use: a way to the server and back for each request.
    """

    def returned(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        del connection
        entry.info["since"] = time.monotonic()

    def taken(connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: object) -> None:
        del proxy
        if time.monotonic() - entry.info.get("since", time.monotonic()) < _REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            # The pool opens another one.
            raise DisconnectionError from error

    event.listen(engine, "checkin", returned)
    event.listen(engine, "checkout", taken)


def _make_private(url: URL) -> None:
    """Make a new file readable by its owner alone: digests of keys are in it."""
    if url.database and url.database != ":memory:" and Path(url.database).parent.is_dir():
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))


def _set_up_sqlite(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """What is acknowledged is on the disk: WAL with a synchronised log at each commit."""
    del entry
    # The driver's own way of beginning transactions is off: `_begin_sqlite` begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    # A reader that becomes a writer does not wait for its turn, but fails.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def check_role(engine: Engine) -> None:
    """See that row-level security binds the role that serves.

    Raises:
        InputError: the role is a superuser, bypasses it, or owns the tables.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        privileged, owns = connection.execute(
            text(
                "SELECT rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_tables WHERE "
                "schemaname = current_schema() AND tablename = 'tenants' "
                "AND pg_has_role(current_user, tableowner, 'MEMBER')) "
                "FROM pg_roles WHERE rolname = current_user"
            )
        ).one()
    if privileged or owns:
        expected = (
            "a role that neither owns the tables nor passes by row-level security "
            "(`perfanalysis portal migrate --grant-to ROLE` gives one what it needs)"
        )
        found = "a superuser or one with BYPASSRLS" if privileged else "the tables' owner"
        raise InputError("database", "role", expected, found)
