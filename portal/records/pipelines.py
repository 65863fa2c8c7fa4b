"""Several statements by one way to PostgreSQL and back (psycopg's pipeline mode).

Each way costs its time, and on a busy machine a change of process on both sides: where a request is
mostly such ways, sending its statements together is what makes it quick.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Engine, Executable
from sqlalchemy.dialects.postgresql import psycopg as of_psycopg
from sqlalchemy.exc import IntegrityError, OperationalError

from portal.records.lost_connections import is_read_only

_DIALECT = of_psycopg.dialect()  # type: ignore[no-untyped-call]


class Said(NamedTuple):
    """A statement as psycopg has it.

    Attributes:
        sql: with ``%(name)s`` where values go.
        values: for it; of several rows, one after the other.
        many: whether it is said once for each row.
    """

    sql: str
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    many: bool = False


class Pipelined:
    """A connection of the engine's pool, in a transaction from the first statement on."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def ask(self, *statements: Said, commit: bool = False) -> list[list[tuple[Any, ...]]]:
        """Say statements together.

        Args:
            statements: in their order.
            commit: end the transaction after them.

        Returns:
            The rows of each statement.
        """
        with self._connection.pipeline():
            cursors = [self._say(statement) for statement in statements]
            if commit:
                self._connection.commit()
        return [_rows(cursor) for cursor in cursors]

    def _say(self, said: Said) -> psycopg.Cursor[Any]:
        cursor = self._connection.cursor()
        if said.many:
            assert not isinstance(said.values, Mapping)
            cursor.executemany(said.sql.encode(), said.values, returning=True)
        else:
            assert isinstance(said.values, Mapping)
            cursor.execute(said.sql.encode(), said.values)
        return cursor


@contextmanager
def pipelined(engine: Engine) -> Iterator[Pipelined]:
    """A connection for statements that go together; what is not committed is undone at the end.

    Raises:
        OperationalError, IntegrityError: of SQLAlchemy, as its own connections raise them.
    """
    with engine.connect() as pooled:
        driver = pooled.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        try:
            yield Pipelined(driver)
        except psycopg.IntegrityError as error:
            raise IntegrityError(None, None, error) from error
        except psycopg.Error as error:
            if driver.closed or driver.broken or is_read_only(error):
                pooled.invalidate(error)
            elif not isinstance(error, psycopg.OperationalError):
                raise
            raise OperationalError(None, None, error) from error


def _rows(cursor: psycopg.Cursor[Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    while True:
        if cursor.description is not None:
            found += cursor.fetchall()
        if not cursor.nextset():
            return found


@lru_cache(maxsize=100)
def sql_of(statement: Executable, columns: tuple[str, ...] | None = None) -> str:
    """A statement of SQLAlchemy's as psycopg takes it.

    Args:
        statement: one of few, each made once.
        columns: that an INSERT is for.
    """
    return str(statement.compile(dialect=_DIALECT, column_keys=columns))  # type: ignore[attr-defined]
