"""The one way to a tenant's records: a session that adds the tenant to whatever is asked.

Nobody who writes a query has to think of the tenant, and nobody can leave it out: what cannot be
bound (plain SQL, tables without their classes, bulk writes, the connection itself) is refused. On
PostgreSQL the session also tells the server whose transaction it is, and row-level security holds
it there once more.
"""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)

from portal.records.base import TenantOwned
from portal.records.tenants import TenantRow

TENANT_SETTING = "perfanalysis.tenant"
OPERATOR_SETTING = "perfanalysis.operator"
# An execution option of the engine: the transaction begins as a writer (SQLite).
WRITES = "perfanalysis_writes"


class UnboundStatementError(RuntimeError):
    """A mistake of ours: a statement that would not be of one tenant alone."""


class _ClosedDoors(Session):
    """A session whose ways around its own rules are closed."""

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        bind = engine.execution_options(**{WRITES: writes})
        super().__init__(bind, expire_on_commit=False)

    def _refuse(self, *given: object, **named: object) -> NoReturn:
        del given, named
        raise UnboundStatementError("a session of the portal is asked by its classes alone")

    connection = bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse


class TenantSession(_ClosedDoors):
    """The records of one tenant.

    Args:
        engine: of the portal's database.
        tenant: whose records; those of others are not there.
        writes: whether anything will be written: SQLite has one writer at a time, which waits
            for its turn at the beginning.
    """

    def __init__(self, engine: Engine, tenant: uuid.UUID, *, writes: bool = False) -> None:
        super().__init__(engine, writes=writes)
        self.tenant = tenant


class OperatorSession(_ClosedDoors):
    """The list of tenants, and nothing that is theirs."""

    def __init__(self, engine: Engine, *, writes: bool = False) -> None:
        super().__init__(engine, writes=writes)


def tell(connection: Connection, setting: str, value: str) -> None:
    """Tell PostgreSQL something until the transaction ends; other databases have no such rows."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT set_config(:setting, :value, true)")
        connection.execute(statement, {"setting": setting, "value": value})


@event.listens_for(TenantSession, "after_begin")
def _tell_tenant(session: TenantSession, of: SessionTransaction, connection: Connection) -> None:
    del of
    tell(connection, TENANT_SETTING, str(session.tenant))


@event.listens_for(OperatorSession, "after_begin")
def _tell_operator(session: Session, of: SessionTransaction, connection: Connection) -> None:
    del session, of
    tell(connection, OPERATOR_SETTING, "on")


def _classes(state: ORMExecuteState) -> list[type[Any]]:
    """The classes that a statement is about.

    Raises:
        UnboundStatementError: it is not about classes, or it inserts rows by itself.
    """
    if not state.is_orm_statement or state.is_insert or not state.all_mappers:
        raise UnboundStatementError("a statement that is not about the classes of the portal")
    return [mapper.class_ for mapper in state.all_mappers]


@lru_cache(maxsize=1000)
def _criteria(tenant: uuid.UUID) -> tuple[LoaderCriteriaOption, ...]:
    """That rows are a tenant's; remembered, they would else be made for each statement."""
    return (
        with_loader_criteria(
            TenantOwned, lambda owned: owned.tenant_id == tenant, include_aliases=True
        ),
        with_loader_criteria(TenantRow, lambda row: row.id == tenant, include_aliases=True),
    )


@event.listens_for(TenantSession, "do_orm_execute")
def _bind_to_tenant(state: ORMExecuteState) -> None:
    for found in _classes(state):
        if not issubclass(found, TenantOwned | TenantRow):
            raise UnboundStatementError(f"{found.__name__} is of no tenant")
    session = state.session
    assert isinstance(session, TenantSession)
    state.statement = state.statement.options(*_criteria(session.tenant))


@event.listens_for(OperatorSession, "do_orm_execute")
def _bind_to_tenants(state: ORMExecuteState) -> None:
    if any(found is not TenantRow for found in _classes(state)):
        raise UnboundStatementError("an operator's session has the list of tenants alone")


@event.listens_for(TenantSession, "before_flush")
def _write_own_rows_alone(session: TenantSession, flush: UOWTransaction, instances: object) -> None:
    del flush, instances
    for row in session.new:
        if isinstance(row, TenantOwned) and row.tenant_id is None:
            row.tenant_id = session.tenant
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantOwned) or row.tenant_id != session.tenant:
            raise UnboundStatementError(f"a {type(row).__name__} that is not this tenant's")


@event.listens_for(OperatorSession, "before_flush")
def _write_tenants_alone(session: Session, flush: UOWTransaction, instances: object) -> None:
    del flush, instances
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantRow):
            raise UnboundStatementError(f"a {type(row).__name__} in an operator's session")
