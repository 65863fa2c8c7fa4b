"""Tenants: made with a first key, suspended, brought back."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from portal.access import keys
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.access.key_text import KeyText
from portal.access.keys import Terms
from portal.access.scopes import SCOPES
from portal.records import paging
from portal.records.faults import ConflictError, NotThereError
from portal.records.paging import ListOrder, Paged
from portal.records.tenant_session import OperatorSession, TenantSession
from portal.records.tenants import ACTIVE, DELETING, SUSPENDED, TenantRow

FIRST_KEY = "first key"
BY_NAME = ListOrder((TenantRow.name,), (paging.word,))


def local_person(tenant: TenantRow, shown: str) -> Caller:
    """Who works on the portal's own machine, by its commands."""
    return Caller(tenant.id, tenant.name, tenant.is_operator, None, shown, frozenset(SCOPES))


def provision(
    engine: Engine, caller: Caller | None, name: str, *, is_operator: bool = False
) -> tuple[TenantRow, KeyText]:
    """Make a tenant and its first key, which has all scopes.

    A crash between the two leaves a tenant without a key, for which `perfanalysis portal key
    create` makes one.

    Args:
        engine: of the portal's database.
        caller: who does it; None: the command that makes the first tenant.
        name: of the tenant.
        is_operator: whether its admin keys provision the others.

    Raises:
        ConflictError: there is one of that name.
    """
    try:
        with OperatorSession(engine, writes=True) as session, session.begin():
            tenant = TenantRow(id=uuid.uuid4(), name=name, is_operator=is_operator)
            session.add(tenant)
    except IntegrityError as error:
        raise ConflictError(f"there is a tenant {name!r} already") from error
    acting = caller or local_person(tenant, "perfanalysis portal")
    with TenantSession(engine, tenant.id, writes=True) as own, own.begin():
        write_down(own, acting, "tenant.provision", name)
        _, text = keys.create(own, acting, Terms(FIRST_KEY, SCOPES))
    if caller is not None and caller.tenant != tenant.id:
        with TenantSession(engine, caller.tenant, writes=True) as theirs, theirs.begin():
            write_down(theirs, caller, "tenant.provision", name)
    return tenant, text


def find(engine: Engine, tenant: uuid.UUID) -> TenantRow:
    """A tenant by its id.

    Raises:
        NotThereError: there is none.
    """
    with OperatorSession(engine) as session:
        row = session.get(TenantRow, tenant)
    if row is None:
        raise NotThereError("tenant", tenant)
    return row


def by_name(engine: Engine, name: str) -> TenantRow:
    """A tenant by its name.

    Raises:
        NotThereError: there is none.
    """
    with OperatorSession(engine) as session:
        row = session.scalar(select(TenantRow).where(TenantRow.name == name))
    if row is None:
        raise NotThereError("tenant", name)
    return row


def tenants(engine: Engine, cursor: str | None, limit: int) -> Paged[TenantRow]:
    """A page of tenants, by name.

    Raises:
        InputError: the cursor is none.
    """
    with OperatorSession(engine) as session:
        asked = paging.page(select(TenantRow), BY_NAME, cursor, limit)
        return paging.paged(session.scalars(asked).all(), limit, lambda row: [row.name])


def set_state(engine: Engine, caller: Caller, tenant: uuid.UUID, *, suspended: bool) -> TenantRow:
    """Suspend a tenant, whose keys then let nobody in, or bring it back.

    Raises:
        NotThereError, ConflictError: there is none, it is the operator's, or it is being deleted.
    """
    with OperatorSession(engine, writes=True) as session, session.begin():
        row = session.scalar(select(TenantRow).where(TenantRow.id == tenant).with_for_update())
        if row is None:
            raise NotThereError("tenant", tenant)
        if row.is_operator:
            raise ConflictError("the operator's own tenant cannot be suspended")
        if row.state == DELETING:
            raise ConflictError(f"tenant {row.name!r} is being deleted")
        row.state = SUSPENDED if suspended else ACTIVE
        name = row.name
    action = "tenant.suspend" if suspended else "tenant.resume"
    for owner in {tenant, caller.tenant}:
        with TenantSession(engine, owner, writes=True) as own, own.begin():
            write_down(own, replace(caller, tenant=owner), action, name)
    return row
