"""Many rows of one tenant in one transaction, by plain statements that are bound to it here.

Sessions of classes cost several times as much a row, which shows where hundreds of documents a
second come in. What cannot be said with these two methods goes through ``TenantSession``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.records.base import TenantOwned
from portal.records.key_look_up import KnownKey, look_up_in
from portal.records.tenant_session import WRITES

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class TenantBatch:
    """What may be said to the rows of a tenant, in a transaction that has begun.

    Args:
        connection: with the transaction, which PostgreSQL was told the tenant of.
        tenant: whose rows.
    """

    def __init__(self, connection: Connection, tenant: uuid.UUID) -> None:
        self._connection = connection
        self._tenant = tenant

    @classmethod
    @contextmanager
    def of_key(
        cls, engine: Engine, prefix: str
    ) -> Iterator[tuple[KnownKey | None, TenantBatch | None]]:
        """A transaction, which commits at its end, of the tenant of a key.

        Args:
            engine: of the portal's database.
            prefix: of the key: whether who asks has the whole of it, the caller finds out first.

        Returns:
            The key and its tenant's rows; None and None: there is no such key.
        """
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            known = look_up_in(connection, prefix)
            yield known, None if known is None else cls(connection, known.tenant_id)

    @staticmethod
    def fits(engine: Engine) -> bool:
        """Whether a database has what this needs: rows that are inserted only where none is."""
        return engine.dialect.name in _INSERTS

    def find(
        self, model: type[TenantOwned], names: Sequence[str], values: Iterable[str], *, hold: bool
    ) -> dict[str, Mapping[str, Any]]:
        """Rows by the values of a column, which is unique within the tenant.

        Args:
            model: of the table.
            names: of the columns that are wanted; the first one has the values.
            values: at least one.
            hold: keep others from locking the rows until the transaction ends; rows that are
                locked now are taken for missing.
        """
        table = _table(model)
        asked = select(*(table.c[name] for name in names)).where(
            table.c.tenant_id == self._tenant,
            table.c[names[0]].in_(bindparam("wanted", expanding=True)),
        )
        if hold:
            asked = asked.with_for_update(read=True, key_share=True, skip_locked=True)
        found = self._connection.execute(asked, {"wanted": _padded(values)})
        return {row[names[0]]: dict(row) for row in found.mappings()}

    def insert_new(
        self, model: type[TenantOwned], rows: Sequence[Mapping[str, Any]], key: str
    ) -> set[str]:
        """Insert rows whose key is not there yet.

        Args:
            model: of the table.
            rows: at least one, by column; the tenant is added.
            key: the column of the key beside the tenant.

        Returns:
            The keys of those that were inserted.
        """
        table = _table(model)
        insert = _INSERTS[self._connection.dialect.name]
        statement = insert(table).on_conflict_do_nothing().returning(table.c[key])
        own = [{**row, "tenant_id": self._tenant} for row in rows]
        return set(self._connection.execute(statement, own).scalars())


def _table(model: type[TenantOwned]) -> Table:
    table = getattr(model, "__table__", None)
    assert isinstance(table, Table)
    return table


def _padded(values: Iterable[str]) -> list[str]:
    """To a power of two: statements of few lengths stay prepared."""
    found = sorted(set(values))
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found))
