"""Open the book: a SQLite file, made at first use, or a database that a URL names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from perfanalysis.errors import InputError, PerfAnalysisError
from prices.book.models import Base

FILE = "prices.sqlite"
_BUSY_SECONDS = 30


def engine_of(path: Path) -> Engine:
    """An engine of the book in a SQLite file, which is made where there is none."""
    engine = create_engine(f"sqlite:///{path.absolute()}", connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _checked_references)
    return engine


def _checked_references(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    del entry
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


@contextmanager
def opened(path: Path, *, make: bool = False) -> Iterator[Connection]:
    """The book in one transaction: all of what is written is kept at the end, or nothing.

    Args:
        path: of the SQLite file.
        make: whether to make it where there is none.

    Raises:
        InputError: there is no such file, or it is no book.
        PerfAnalysisError: it cannot be read or written now.
    """
    if not make and not path.exists():
        raise InputError(str(path), "", "a price book (`perfanalysis prices import` makes one)")
    if make:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PerfAnalysisError(f"{path}: cannot be made ({error.strerror})") from error
    try:
        engine = engine_of(path)
        try:
            with engine.begin() as connection:
                if make:
                    Base.metadata.create_all(connection)
                yield connection
        finally:
            engine.dispose()
    except OperationalError as error:
        raise PerfAnalysisError(f"{path}: the price book cannot be used ({error.orig})") from error
    except DatabaseError as error:
        raise InputError(str(path), "", f"a price book ({error.orig})") from error
