"""A key from its making to its end, as the database has it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from portal.access import keys
from portal.access.authentication import NoEntryError, authenticate
from portal.access.caller import Caller
from portal.access.key_text import KeyText, new_key
from portal.access.keys import Terms
from portal.records.audit import AuditRow
from portal.records.base import now
from portal.records.tenant_session import OperatorSession, TenantSession
from portal.records.tenants import SUSPENDED, KeyRow, TenantRow
from tests.portal.conftest import Database

TENANT = uuid.UUID(int=7)
PERSON = Caller(TENANT, "one", False, None, "a person", frozenset(), "request-1")


@pytest.fixture
def tenant(engine: Engine) -> Engine:
    with OperatorSession(engine, writes=True) as session, session.begin():
        session.add(TenantRow(id=TENANT, name="one"))
    return engine


def made(engine: Engine, **terms: object) -> tuple[KeyRow, KeyText]:
    with TenantSession(engine, TENANT, writes=True) as session, session.begin():
        return keys.create(session, PERSON, Terms("agent", ("report", "read"), **terms))  # type: ignore[arg-type]


def refused(engine: Engine, text: str) -> str:
    with pytest.raises(NoEntryError) as error:
        authenticate(engine, text, None)
    return str(error.value)


def test_a_key_lets_in_and_its_use_is_noted(tenant: Engine) -> None:
    row, text = made(tenant)
    caller, _ = authenticate(tenant, text.text, "request-2")
    assert (caller.tenant, caller.key, caller.is_operator) == (TENANT, row.id, False)
    assert caller.scopes == {"read", "report"}
    assert caller.shown == f"agent (perf_{text.prefix})"
    with TenantSession(tenant, TENANT) as session:
        stored = session.scalars(select(KeyRow)).one()
        assert stored.last_used_at is not None
        assert stored.digest == text.digest
        assert stored.scopes == "read report"
        logged = session.scalars(select(AuditRow)).one()
    assert (logged.actor, logged.action, logged.subject) == ("a person", "key.create", row.prefix)
    assert text.text not in str(logged.facts)


def test_other_keys_do_not(tenant: Engine) -> None:
    row, text = made(tenant)
    assert "typing error" in refused(tenant, text.text[:-1])
    assert refused(tenant, new_key().text) == "this key is not known here"
    other = new_key()
    with TenantSession(tenant, TENANT, writes=True) as session, session.begin():
        session.get_one(KeyRow, (TENANT, row.id)).prefix = other.prefix
    assert refused(tenant, other.text) == "this key is not known here"


def test_the_end_comes_at_its_time(tenant: Engine) -> None:
    _, text = made(tenant, expires_at=now() - timedelta(seconds=1))
    assert refused(tenant, text.text) == "this key has expired"


def test_a_revoked_key_ends_at_once_in_other_processes(
    tenant: Engine, database: Database, open_database: Callable[[str], Engine]
) -> None:
    """A second engine shares nothing with the first but the database."""
    row, text = made(tenant)
    other = open_database(database.url)
    authenticate(other, text.text, None)
    with TenantSession(tenant, TENANT, writes=True) as session, session.begin():
        found = keys.find(session, row.id, lock=True)
        assert found is not None
        keys.revoke(session, PERSON, found)
    assert refused(other, text.text) == "this key was revoked"


def test_rotation_overlaps(tenant: Engine) -> None:
    row, text = made(tenant)
    with TenantSession(tenant, TENANT, writes=True) as session, session.begin():
        old = keys.find(session, row.id, lock=True)
        assert old is not None
        rotated = keys.rotate(session, PERSON, old, timedelta(hours=1))
        assert rotated is not None
        assert keys.rotate(session, PERSON, old, timedelta(hours=1)) is None
    for one in (text, rotated[1]):
        assert authenticate(tenant, one.text, None)[0].scopes == {"read", "report"}
    later = now() + timedelta(hours=2)
    assert not keys.is_alive(old, later)
    assert keys.is_alive(rotated[0], later)


def test_rotation_without_overlap_ends_the_old_one(tenant: Engine) -> None:
    row, text = made(tenant)
    with TenantSession(tenant, TENANT, writes=True) as session, session.begin():
        old = keys.find(session, row.id)
        assert old is not None
        keys.rotate(session, PERSON, old, timedelta(0))
    assert refused(tenant, text.text) == "this key has expired"


def test_of_a_suspended_tenant_no_key_lets_in(tenant: Engine) -> None:
    _, text = made(tenant)
    with OperatorSession(tenant, writes=True) as session, session.begin():
        session.get_one(TenantRow, TENANT).state = SUSPENDED
    assert "suspended" in refused(tenant, text.text)
