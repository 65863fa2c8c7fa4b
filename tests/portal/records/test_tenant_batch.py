"""Plain statements for many rows reach those of one tenant alone, and wait for nobody."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from portal.access import keys
from portal.access.caller import Caller
from portal.access.keys import Terms
from portal.inventory.listing import BY_NAME
from portal.records.base import now
from portal.records.machines import MachineEntryRow
from portal.records.paging import Paged
from portal.records.plain_pages import PageWanted, Values
from portal.records.tenant_batch import RowsGiven, RowsWanted, batch_of_key
from portal.records.tenant_session import OperatorSession, TenantSession
from portal.records.tenants import TenantRow
from tests.portal.conftest import Database

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
OF_ONE = RowsWanted(MachineEntryRow, ("name", "id", "region"), ["m", "x", "m"], hold=True)


@pytest.fixture
def prefixes(engine: Engine) -> dict[uuid.UUID, str]:
    """Keys of two tenants, each with a machine m, whose region is the tenant's number."""
    made = {}
    for tenant in (ONE, TWO):
        with OperatorSession(engine, writes=True) as session, session.begin():
            session.add(TenantRow(id=tenant, name=f"t{tenant.int}"))
        caller = Caller(tenant, "t", False, None, "x", frozenset())
        with TenantSession(engine, tenant, writes=True) as own, own.begin():
            own.add(MachineEntryRow(name="m", region=f"r{tenant.int}"))
            made[tenant] = keys.create(own, caller, Terms("k", ("report",)))[0].prefix
    return made


def machine(name: str, **more: object) -> dict[str, object]:
    at = {"created_at": now(), "updated_at": now()}
    return {"id": uuid.uuid4(), "name": name, "state": "active", "revision": 1, **at, **more}


def names(engine: Engine, tenant: uuid.UUID) -> list[str]:
    with TenantSession(engine, tenant) as session:
        return sorted(session.scalars(select(MachineEntryRow.name)))


def test_own_rows_are_found_and_no_others(engine: Engine, prefixes: dict[uuid.UUID, str]) -> None:
    for tenant, prefix in prefixes.items():
        with batch_of_key(engine, prefix) as (known, batch):
            assert known is not None
            assert batch is not None
            assert (known.tenant_id, known.tenant_name) == (tenant, f"t{tenant.int}")
            (found,) = batch.find(OF_ONE)
        assert {name: row["region"] for name, row in found.items()} == {"m": f"r{tenant.int}"}
    with batch_of_key(engine, "0123456789") as nothing:
        assert nothing == (None, None)


def test_what_is_inserted_is_ones_own(engine: Engine, prefixes: dict[uuid.UUID, str]) -> None:
    given = RowsGiven(MachineEntryRow, "name", [machine("m"), machine("n", tenant_id=TWO)])
    with batch_of_key(engine, prefixes[ONE]) as (_, batch):
        assert batch is not None
        # The one that is there already stays as it is.
        assert batch.insert_new(given) == [{"n"}]
    assert (names(engine, ONE), names(engine, TWO)) == (["m", "n"], ["m"])


def test_without_the_last_step_nothing_is_left(
    engine: Engine, prefixes: dict[uuid.UUID, str]
) -> None:
    with batch_of_key(engine, prefixes[ONE]) as (_, batch):
        assert batch is not None
        batch.find(OF_ONE)
    assert names(engine, ONE) == ["m"]


def test_a_page_has_ones_own_rows(engine: Engine, prefixes: dict[uuid.UUID, str]) -> None:
    given = RowsGiven(MachineEntryRow, "name", [machine(name) for name in ("l", "n", "o")])
    with batch_of_key(engine, prefixes[ONE]) as (_, batch):
        assert batch is not None
        batch.insert_new(given)

    def page(tenant: uuid.UUID, cursor: str | None, **equal: str) -> Paged[Values]:
        wanted = PageWanted(
            MachineEntryRow, ("created_at", "name"), equal, None, None, BY_NAME, cursor, 2
        )
        with batch_of_key(engine, prefixes[tenant], writes=False) as (_, batch):
            assert batch is not None
            return batch.page(wanted)

    first = page(ONE, None)
    assert [name for _, name in first.rows] == ["l", "m"]
    assert all(at.tzinfo is not None for at, _ in first.rows)
    second = page(ONE, first.cursor)
    assert ([name for _, name in second.rows], second.cursor) == (["n", "o"], None)
    assert [name for _, name in page(TWO, None).rows] == ["m"]
    assert page(TWO, first.cursor).rows == []
    assert [name for _, name in page(ONE, None, region="r1").rows] == ["m"]
    assert page(ONE, None, region="r2").rows == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_row_that_is_being_changed_is_taken_for_missing(
    database: Database,
    engine: Engine,
    prefixes: dict[uuid.UUID, str],
    open_database: Callable[[str], Engine],
) -> None:
    other = open_database(database.url)
    held = select(MachineEntryRow).where(MachineEntryRow.name == "m").with_for_update()
    with TenantSession(other, ONE, writes=True) as session, session.begin():
        session.scalars(held).one()
        with batch_of_key(engine, prefixes[ONE]) as (_, batch):
            assert batch is not None
            assert batch.find(OF_ONE) == [{}]
    with batch_of_key(engine, prefixes[ONE]) as (_, batch):
        assert batch is not None
        assert list(batch.find(OF_ONE)[0]) == ["m"]
