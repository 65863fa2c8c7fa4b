"""Tickets and what one look sees, on each database."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from portal.access import keys
from portal.live import tickets
from portal.live.observing import LiveInterest, observe
from portal.records.base import now
from portal.records.jobs import LiveTicketRow
from portal.records.tenant_session import TenantSession
from portal.records.tenants import KeyRow
from portal.tenancy import provisioning
from tests.portal.serving import Tenant, portal

NOBODY = frozenset[uuid.UUID]()


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    return portal(engine, "one")


def issued(tenant: Tenant) -> str:
    return str(tenant.ok("POST", "/api/v1/live-tickets", 201)["ticket"])


def test_a_ticket_is_good_once(engine: Engine, tenant: Tenant) -> None:
    text = issued(tenant)
    found = tickets.redeem(engine, text)
    assert found is not None
    assert (str(found.tenant), found.shown.startswith("first key")) == (tenant.id, True)
    assert tickets.redeem(engine, text) is None


def test_a_ticket_ends(engine: Engine, tenant: Tenant) -> None:
    text = issued(tenant)
    with TenantSession(engine, uuid.UUID(tenant.id), writes=True) as session, session.begin():
        (row,) = session.scalars(select(LiveTicketRow))
        assert text not in (row.digest, str(row.id))
        row.expires_at -= tickets.LASTS + timedelta(seconds=1)
    assert tickets.redeem(engine, text) is None
    # The next one takes it away.
    issued(tenant)
    with TenantSession(engine, uuid.UUID(tenant.id)) as session:
        assert len(session.scalars(select(LiveTicketRow)).all()) == 1


def test_what_is_no_ticket(engine: Engine, tenant: Tenant) -> None:
    text, other = issued(tenant), portal(engine, "other")
    secret = text.partition(".")[2]
    for wrong in (
        "",
        ".",
        "x",
        f"{uuid.UUID(other.id).hex}.{secret}",
        text[:-1],
        f"{text}x",
        secret,
    ):
        assert tickets.redeem(engine, wrong) is None
    assert tickets.redeem(engine, text) is not None


def test_keys_that_have_ended_are_seen(engine: Engine, tenant: Tenant) -> None:
    own = uuid.UUID(tenant.id)
    with TenantSession(engine, own) as session:
        key = session.scalars(select(KeyRow.id)).one()
    asked = LiveInterest(
        NOBODY, None, NOBODY, renews=False, keys=frozenset({key, uuid.UUID(int=1)})
    )
    assert observe(engine, own, asked).alive == {key}
    row = provisioning.find(engine, own)
    person = provisioning.local_person(row, "test")
    provisioning.set_state(engine, person, own, suspended=True)
    assert observe(engine, own, asked).alive == NOBODY
    provisioning.set_state(engine, person, own, suspended=False)
    with TenantSession(engine, own, writes=True) as session, session.begin():
        found = keys.find(session, key)
        assert found is not None
        found.expires_at = now()
    assert observe(engine, own, asked).alive == NOBODY
    # Of another tenant's connections it is no key at all.
    other = portal(engine, "other")
    assert observe(engine, uuid.UUID(other.id), asked).alive == NOBODY
