"""Delete all that a tenant has, and prove it: what there was, and that nothing of it is left."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, func, inspect, select
from sqlalchemy.exc import IntegrityError

from perfanalysis.errors import InputError
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.records.every_table import TENANT_TABLES
from portal.records.faults import ConflictError, NotThereError
from portal.records.tenant_session import OperatorSession, TenantSession
from portal.records.tenants import DELETING, TenantRow

_ATTEMPTS = 5


@dataclass(frozen=True)
class Deleted:
    """The proof.

    Attributes:
        tenant, name: which it was.
        deleted: rows that were deleted, by table.
        left: rows that are there afterwards, by table, counted in a transaction of its own: all 0.
    """

    tenant: uuid.UUID
    name: str
    deleted: Mapping[str, int]
    left: Mapping[str, int]


def delete_tenant(engine: Engine, caller: Caller, tenant: uuid.UUID, confirmed: str) -> Deleted:
    """Delete a tenant with everything.

    Its keys end first. When this is stopped in between, it can be said again.

    Args:
        engine: of the portal's database.
        caller: an operator; their own audit log keeps the proof.
        tenant: which.
        confirmed: its name, so that nobody deletes another one by mistake.

    Raises:
        NotThereError, ConflictError, InputError: there is none, it is the operator's or there is
            no operator to keep the proof, or its name is another one.
    """
    with OperatorSession(engine, writes=True) as session, session.begin():
        row = session.scalar(select(TenantRow).where(TenantRow.id == tenant).with_for_update())
        if row is None:
            raise NotThereError("tenant", tenant)
        if row.is_operator:
            raise ConflictError("the operator's own tenant cannot be deleted")
        if row.name != confirmed:
            raise InputError("request", "confirm", "the name of the tenant", confirmed)
        if caller.tenant == tenant:
            # Its own audit log goes with it.
            raise ConflictError(
                "the proof of a deletion is kept in the operator's audit log, and this portal has "
                "no operator: `perfanalysis portal tenant create NAME --operator` makes one"
            )
        row.state, name = DELETING, row.name
    deleted = _delete_all(engine, tenant)
    with TenantSession(engine, tenant) as own:
        left = {_name(table): _count(own, table) for table in TENANT_TABLES}
    proof = Deleted(tenant, name, deleted, left)
    with TenantSession(engine, caller.tenant, writes=True) as theirs, theirs.begin():
        facts: dict[str, Any] = {"deleted": deleted, "left": left, "tenant": str(tenant)}
        write_down(theirs, caller, "tenant.delete", name, **facts)
    return proof


def _delete_all(engine: Engine, tenant: uuid.UUID) -> dict[str, int]:
    """Delete the rows, then the tenant; again, where a request let in before added some."""
    deleted: Counter[str] = Counter()
    for attempt in range(_ATTEMPTS):
        with TenantSession(engine, tenant, writes=True) as own, own.begin():
            deleted.update({_name(table): _delete(own, table) for table in TENANT_TABLES})
        try:
            with OperatorSession(engine, writes=True) as session, session.begin():
                session.delete(session.get_one(TenantRow, tenant))
        except IntegrityError:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            break
    return dict(deleted)


def _name(table: type[Any]) -> str:
    return str(inspect(table).local_table.name)


def _count(session: TenantSession, table: type[Any]) -> int:
    return session.scalar(select(func.count(table.tenant_id))) or 0


def _delete(session: TenantSession, table: type[Any]) -> int:
    count = _count(session, table)
    if _name(table) == "machines":
        # An entry that was merged refers to another one.
        _delete_merged(session, table)
    session.execute(delete(table).execution_options(synchronize_session=False))
    return count


def _delete_merged(session: TenantSession, table: type[Any]) -> None:
    merged = delete(table).where(table.merged_into.is_not(None))
    session.execute(merged.execution_options(synchronize_session=False))
