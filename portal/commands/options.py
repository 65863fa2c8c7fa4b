"""Which database the sub-commands are for, and how they open it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DatabaseError

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results.state import default_state_directory
from portal.migrations.running import check_version
from portal.records.opening import FILE, open_engine, sqlite_url, url_of
from portal.records.tenants import TenantRow
from portal.tenancy import provisioning

_Command = TypeVar("_Command", bound=Callable[..., Any])
VARIABLE = "PERFANALYSIS_PORTAL_DATABASE"


def database(command: _Command) -> _Command:
    """Add the options that name a database."""
    file = click.option(
        "--database-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="A file with such a URL, which may hold a password.",
    )
    url = click.option(
        "--database",
        metavar="URL",
        help="Such as postgresql://portal@db.example/portal, without a password; else what "
        f"${VARIABLE} says; else the SQLite file {FILE} in the state folder.",
    )
    return url(file(command))


def url_from(database: str | None, file: Path | None, flag: str = "--database") -> URL:
    """The URL of the database that was asked for.

    Raises:
        InputError: both options are given, or a URL cannot be used.
    """
    if database is not None and file is not None:
        raise InputError(flag, "", f"either {flag} or {flag}-file")
    if file is not None:
        return url_of(_content(file), str(file))
    if database is not None:
        url = url_of(database, flag)
        if url.password is not None:
            expected = f"a URL without a password, which all on this machine see ({flag}-file, "
            raise InputError(flag, "", expected + f"${VARIABLE} or PGPASSFILE keep it)")
        return url
    if said := os.environ.get(VARIABLE):
        return url_of(said, f"${VARIABLE}")
    folder = default_state_directory()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise PerfAnalysisError(f"{folder}: cannot be made ({error.strerror})") from error
    return sqlite_url(folder / FILE)


def _content(file: Path) -> str:
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(file), "", "a readable file with the URL of a database") from error


@contextmanager
def engine_of(url: URL) -> Iterator[Engine]:
    """An engine; what its database refuses ends the command with one line.

    Raises:
        PerfAnalysisError: the database does not answer, or does not let it.
    """
    engine = open_engine(url)
    try:
        yield engine
    except DatabaseError as error:
        said = " ".join(str(error.orig).split())
        shown = url.render_as_string(hide_password=True)
        raise PerfAnalysisError(f"{shown}: the database cannot be used ({said})") from error
    finally:
        engine.dispose()


@contextmanager
def opened(database: str | None, file: Path | None) -> Iterator[Engine]:
    """The engine of a database that has the schema.

    Raises:
        InputError, PerfAnalysisError: as ``url_from`` and ``engine_of``; or it has another schema.
    """
    with engine_of(existing(database, file)) as engine:
        check_version(engine)
        yield engine


def existing(database: str | None, file: Path | None) -> URL:
    """The URL of a database that is there, of whatever schema.

    Raises:
        InputError, PerfAnalysisError: as ``url_from``; or a SQLite file is missing.
    """
    url = url_from(database, file)
    path = url.database if url.get_backend_name() == "sqlite" else None
    if path is not None and not Path(path).exists():
        raise InputError(path, "", "a portal's database (`perfanalysis portal serve` makes one)")
    return url


def person() -> str:
    """Who runs the command, as the audit log has them."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return f"{name} (perfanalysis portal)"


def tenant_named(engine: Engine, name: str | None, flag: str = "--tenant") -> TenantRow:
    """The tenant of that name; None: the only one that there is.

    Raises:
        InputError: several might be meant.
        NotThereError: there is none.
    """
    if name is not None:
        return provisioning.by_name(engine, name)
    found = provisioning.tenants(engine, None, 2).rows
    if len(found) != 1:
        raise InputError(flag, "", "the name of a tenant, as `portal tenant list` shows them")
    return found[0]


TENANT = click.option("--tenant", help="Its name; needed where there are several.")
