"""Many rows of one tenant in one transaction, by plain statements that are bound to it here.

Sessions of classes cost several times as much a row, which shows where hundreds of documents a
second come in. What cannot be said with these methods goes through ``TenantSession``.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Connection, Engine, Select, String, Table, any_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.records import plain_pages
from portal.records.base import TenantOwned
from portal.records.key_look_up import KnownKey, look_up_in, look_up_pipelined
from portal.records.paging import Paged
from portal.records.pipelines import Pipelined, Said, pipelined, sql_of
from portal.records.plain_pages import PageWanted, Values
from portal.records.tenant_session import WRITES

Rows = dict[str, Mapping[str, Any]]


class RowsWanted(NamedTuple):
    """Rows by the values of a column, which is unique within the tenant.

    Attributes:
        model: of the table.
        names: of the columns that are wanted; the first one has the values.
        values: of it, at least one.
        hold: keep others from locking the rows until the transaction ends; rows that are locked
            now are taken for missing.
    """

    model: type[TenantOwned]
    names: tuple[str, ...]
    values: Sequence[str]
    hold: bool = False


class RowsGiven(NamedTuple):
    """Rows that are inserted where none is yet.

    Attributes:
        model: of the table.
        key: the column of the key beside the tenant.
        rows: at least one, by column, all of the same ones, with those that have a default; the
            tenant is added.
    """

    model: type[TenantOwned]
    key: str
    rows: Sequence[Mapping[str, Any]]


class TenantBatch(ABC):
    """What may be said to the rows of a tenant, in a transaction that has begun."""

    @abstractmethod
    def find(self, *wanted: RowsWanted) -> list[Rows]:
        """Rows by the values of their first column."""

    @abstractmethod
    def insert_new(self, *given: RowsGiven) -> list[set[str]]:
        """Insert rows, and end the transaction: what was inserted is on the disk.

        Returns:
            The keys of those that were inserted.
        """

    @abstractmethod
    def page(self, wanted: PageWanted) -> Paged[Values]:
        """A page of a list, with which the transaction ends.

        Raises:
            InputError: the cursor is none of this list.
        """


def fits(engine: Engine) -> bool:
    """Whether a database has what this needs: rows that are inserted only where none is."""
    return engine.dialect.name in {"postgresql", "sqlite"}


@contextmanager
def batch_of_key(
    engine: Engine, prefix: str, *, writes: bool = True
) -> Iterator[tuple[KnownKey | None, TenantBatch | None]]:
    """A transaction of the tenant of a key; without ``insert_new`` nothing is left of it.

    Args:
        engine: of the portal's database.
        prefix: of the key: whether who asks has the whole of it, the caller finds out first.
        writes: whether anything will be inserted: SQLite has one writer at a time.

    Returns:
        The key and its tenant's rows; None and None: there is no such key.
    """
    if engine.dialect.name == "postgresql":
        with pipelined(engine) as connection:
            known = look_up_pipelined(connection, prefix)
            yield known, None if known is None else _OfPostgresql(connection, known.tenant_id)
        return
    with engine.execution_options(**{WRITES: writes}).connect() as own:
        known = look_up_in(own, prefix)
        yield known, None if known is None else _OfSqlite(own, known.tenant_id)


class _OfPostgresql(TenantBatch):
    """Finding is one way to the server and back, inserting with its commit another one."""

    def __init__(self, connection: Pipelined, tenant: uuid.UUID) -> None:
        self._connection = connection
        self._tenant = tenant

    def find(self, *wanted: RowsWanted) -> list[Rows]:
        said = [
            Said(
                sql_of(_asked(_table(one.model), one.names, hold=one.hold, array=True)),
                {"tenant": self._tenant, "wanted": list(set(one.values))},
            )
            for one in wanted
        ]
        found = self._connection.ask(*said)
        return [
            {row[0]: dict(zip(one.names, row, strict=True)) for row in rows}
            for one, rows in zip(wanted, found, strict=True)
        ]

    def insert_new(self, *given: RowsGiven) -> list[set[str]]:
        said = [
            Said(
                sql_of(_insert("postgresql", _table(one.model), one.key), tuple(_names(one))),
                [_plain(_table(one.model), {**row, "tenant_id": self._tenant}) for row in one.rows],
                many=True,
            )
            for one in given
        ]
        return [{row[0] for row in rows} for rows in self._connection.ask(*said, commit=True)]

    def page(self, wanted: PageWanted) -> Paged[Values]:
        table = _table(wanted.model)
        statement, values = plain_pages.asked(table, wanted)
        given = plain_pages.to_driver(values) | {"tenant": self._tenant}
        (rows,) = self._connection.ask(Said(sql_of(statement), given), commit=True)
        return plain_pages.found(plain_pages.from_driver(rows, wanted, table), wanted)


class _OfSqlite(TenantBatch):
    """The database is in this process: one statement after the other."""

    def __init__(self, connection: Connection, tenant: uuid.UUID) -> None:
        self._connection = connection
        self._tenant = tenant

    def find(self, *wanted: RowsWanted) -> list[Rows]:
        return [self._find(one) for one in wanted]

    def _find(self, one: RowsWanted) -> Rows:
        values = {"tenant": self._tenant, "wanted": sorted(set(one.values))}
        asked = _asked(_table(one.model), one.names, hold=one.hold)
        found = self._connection.execute(asked, values)
        return {row[one.names[0]]: dict(row) for row in found.mappings()}

    def insert_new(self, *given: RowsGiven) -> list[set[str]]:
        new = []
        for one in given:
            rows = [{**row, "tenant_id": self._tenant} for row in one.rows]
            found = self._connection.execute(_insert("sqlite", _table(one.model), one.key), rows)
            new.append(set(found.scalars()))
        self._connection.commit()
        return new

    def page(self, wanted: PageWanted) -> Paged[Values]:
        statement, values = plain_pages.asked(_table(wanted.model), wanted)
        rows = self._connection.execute(statement, values | {"tenant": self._tenant})
        return plain_pages.found([tuple(row) for row in rows], wanted)


@cache
def _asked(table: Table, names: tuple[str, ...], *, hold: bool, array: bool = False) -> Select[Any]:
    key = table.c[names[0]]
    if array:
        among = key == any_(bindparam("wanted", type_=ARRAY(String)))
    else:
        among = key.in_(bindparam("wanted", expanding=True))
    asked = select(*(table.c[name] for name in names))
    asked = asked.where(table.c.tenant_id == bindparam("tenant"), among)
    if hold:
        asked = asked.with_for_update(read=True, key_share=True, skip_locked=True)
    return asked


@cache
def _insert(dialect: str, table: Table, key: str) -> Any:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing().returning(table.c[key])


def _table(model: type[TenantOwned]) -> Table:
    table = getattr(model, "__table__", None)
    assert isinstance(table, Table)
    return table


def _names(given: RowsGiven) -> list[str]:
    return ["tenant_id", *given.rows[0]]


def _plain(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the driver takes them."""
    types = _processors(table)
    return {name: types[name](value) if name in types else value for name, value in row.items()}


@cache
def _processors(table: Table) -> dict[str, Any]:
    dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
    found = {
        column.name: column.type.dialect_impl(dialect).bind_processor(dialect)
        for column in table.columns
    }
    return {name: process for name, process in found.items() if process is not None}
