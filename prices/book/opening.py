"""Open the book: a SQLite file, made at first use, or a PostgreSQL database that a URL names.

A password is never part of the URL, which process lists and messages show: libpq, PostgreSQL's own
client, takes it from ``PGPASSWORD``, or from the file of ``PGPASSFILE``, ``~/.pgpass``, or of the
URL's ``passfile``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.pool import ConnectionPoolEntry

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.extras import missing
from prices.book.models import IMPORTS, Base, PriceRow

FILE = "prices.sqlite"
_BUSY_SECONDS = 30
_CONNECT_SECONDS = 10
_SCHEMES = ("postgresql://", "postgres://")
_SECRETS = {"password", "sslpassword", "oauth_client_secret"}
# Whoever writes a book of PostgreSQL waits for who writes it already; a number of our own.
_WRITING = text("SELECT pg_advisory_xact_lock(7370726963)")


@dataclass(frozen=True)
class DatabaseBook:
    """A book in a PostgreSQL database.

    Attributes:
        url: without a password.
    """

    url: URL

    def __str__(self) -> str:
        return self.url.set(drivername="postgresql").render_as_string()


Book = Path | DatabaseBook


def named(said: str) -> Book:
    """The book that a person named: by a path, or by ``postgresql://USER@HOST/DATABASE``.

    Raises:
        InputError: it is no such URL, or has a password, which is not shown.
    """
    if "://" not in said:
        return Path(said)
    expected = "a path, or postgresql://USER@HOST/DATABASE"
    if not said.startswith(_SCHEMES):
        raise InputError("--price-book", "", expected)
    try:
        url = make_url(said)
    except (ArgumentError, ValueError):
        # What was said is not shown, nor what SQLAlchemy says of it: it may hold a password.
        raise InputError("--price-book", "", expected) from None
    if url.password is not None or _SECRETS & url.query.keys():
        raise InputError(
            "--price-book",
            "",
            "a URL without a password: it is taken from PGPASSWORD or from the file of PGPASSFILE",
        )
    return DatabaseBook(url.set(drivername="postgresql+psycopg"))


def engine_of(book: Book) -> Engine:
    """An engine of the book; a SQLite file is made where there is none.

    Raises:
        PerfAnalysisError: psycopg, which speaks to PostgreSQL, is not installed.
    """
    if isinstance(book, DatabaseBook):
        if importlib.util.find_spec("psycopg") is None:
            raise PerfAnalysisError(missing("a book in PostgreSQL", "psycopg", "postgresql"))
        # Where the URL says another time, it counts.
        seconds = (
            {} if "connect_timeout" in book.url.query else {"connect_timeout": _CONNECT_SECONDS}
        )
        return create_engine(book.url, connect_args=seconds)
    engine = create_engine(f"sqlite:///{book.absolute()}", connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _checked_references)
    return engine


def _checked_references(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    del entry
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


@contextmanager
def opened(book: Book, *, make: bool = False) -> Iterator[Connection]:
    """The book in one transaction: all of what is written is kept at the end, or nothing.

    Args:
        book: the SQLite file, or the database.
        make: whether to make it, or its tables, where there is none.

    Raises:
        InputError: there is no such file, or it is no book.
        PerfAnalysisError: it cannot be read or written now.
    """
    if isinstance(book, Path):
        _prepare(book, make=make)
    try:
        engine = engine_of(book)
        try:
            with engine.begin() as connection:
                if make:
                    _make(connection)
                yield connection
        finally:
            engine.dispose()
    except OperationalError as error:
        said = f"{book}: the price book cannot be used ({_first_line(error)})"
        raise PerfAnalysisError(said) from error
    except IntegrityError as error:
        said = f"{book}: somebody else changed it at the same time; nothing was kept, try again"
        raise PerfAnalysisError(said) from error
    except DatabaseError as error:
        raise InputError(str(book), "", f"a price book ({_first_line(error)})") from error


def exists(book: Book) -> bool:
    """Whether there is a book already.

    Raises:
        PerfAnalysisError: its database does not answer.
    """
    if isinstance(book, Path):
        return book.exists()
    with opened(book) as connection:
        return connection.dialect.has_table(connection, "prices")


def _prepare(path: Path, *, make: bool) -> None:
    if not make and not path.exists():
        raise InputError(str(path), "", "a price book (`perfanalysis prices import` makes one)")
    if make:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PerfAnalysisError(f"{path}: cannot be made ({error.strerror})") from error


def _make(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_WRITING)
    Base.metadata.create_all(connection)
    _exchange_index(connection)


def _exchange_index(connection: Connection) -> None:
    """Give a book of an earlier version this one's index of sources in place of its own.

    Whoever may write prices, and owns no tables, leaves it as it is: what it serves is slower then.
    """
    known = {one["name"] for one in inspect(connection).get_indexes(PriceRow.__tablename__)}
    if IMPORTS.name in known:
        return
    with suppress(ProgrammingError), connection.begin_nested():
        IMPORTS.create(connection)
        connection.execute(text("DROP INDEX IF EXISTS prices_by_source"))


def _first_line(error: DatabaseError) -> str:
    return str(error.orig).partition("\n")[0]
