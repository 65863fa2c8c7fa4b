"""A session has the rows of its tenant, and nothing gets around it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased

from portal.records.base import TenantOwned
from portal.records.every_table import METADATA, TENANT_TABLES
from portal.records.machines import MachineChangeRow, MachineEntryRow
from portal.records.opening import check_role
from portal.records.tenant_session import OperatorSession, TenantSession, UnboundStatementError
from portal.records.tenants import TenantRow
from tests.conftest import REPOSITORY
from tests.portal.conftest import Database

ONE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def tenants(engine: Engine) -> Engine:
    """Two tenants with a machine of the same name and id each."""
    with OperatorSession(engine, writes=True) as operator, operator.begin():
        operator.add_all([TenantRow(id=ONE, name="one"), TenantRow(id=OTHER, name="other")])
    for tenant in (ONE, OTHER):
        with TenantSession(engine, tenant, writes=True) as session, session.begin():
            session.add(MachineEntryRow(id=ONE, name="web-1", owner=f"owner of {tenant.int}"))
    return engine


def owners(session: TenantSession) -> list[str | None]:
    return list(session.scalars(select(MachineEntryRow.owner)))


def test_each_way_to_ask_shows_own_rows_alone(tenants: Engine) -> None:
    with TenantSession(tenants, ONE) as session:
        assert owners(session) == ["owner of 1"]
        assert session.scalar(select(func.count(MachineEntryRow.id))) == 1
        assert session.get(MachineEntryRow, (OTHER, ONE)) is None
        assert session.scalars(select(TenantRow.name)).all() == ["one"]
        other = aliased(MachineEntryRow)
        pairs = select(MachineEntryRow.owner, other.owner).join(
            other, other.name == MachineEntryRow.name
        )
        assert session.execute(pairs).all() == [("owner of 1", "owner of 1")]
        within = select(MachineEntryRow.owner).where(
            MachineEntryRow.id.in_(select(other.id).where(other.owner == "owner of 2"))
        )
        assert session.scalars(within).all() == []
        named = select(MachineEntryRow.owner).where(MachineEntryRow.tenant_id == OTHER)
        assert session.scalars(named).all() == []


def test_updates_and_deletes_reach_own_rows_alone(tenants: Engine) -> None:
    with TenantSession(tenants, ONE, writes=True) as session, session.begin():
        session.execute(update(MachineEntryRow).values(owner="changed"))
    with TenantSession(tenants, OTHER, writes=True) as session, session.begin():
        assert owners(session) == ["owner of 2"]
        session.execute(delete(MachineEntryRow))
    with TenantSession(tenants, ONE) as session:
        assert owners(session) == ["changed"]


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT owner FROM machines"),
        select(METADATA.tables["machines"]),
        select(text("1")),
        select(func.count()).select_from(MachineEntryRow),
        select(MachineEntryRow.owner).union_all(select(MachineEntryRow.owner)),
        insert(MachineEntryRow).values(tenant_id=OTHER, name="x"),
        delete(METADATA.tables["machines"]),
    ],
    ids=["text", "table", "words", "count of nothing", "union", "insert", "delete of a table"],
)
def test_what_cannot_be_bound_is_refused(tenants: Engine, statement: object) -> None:
    with TenantSession(tenants, ONE) as session, pytest.raises(UnboundStatementError):
        session.execute(statement)  # type: ignore[call-overload]


def test_the_doors_around_it_are_closed(tenants: Engine) -> None:
    with TenantSession(tenants, ONE) as session:
        with pytest.raises(UnboundStatementError):
            session.connection()
        with pytest.raises(UnboundStatementError):
            session.bulk_save_objects([])
    with OperatorSession(tenants) as operator, pytest.raises(UnboundStatementError):
        operator.scalars(select(MachineEntryRow))


def test_a_row_of_another_is_not_written(tenants: Engine) -> None:
    with TenantSession(tenants, ONE, writes=True) as session:
        session.add(MachineEntryRow(tenant_id=OTHER, name="x"))
        with pytest.raises(UnboundStatementError):
            session.flush()
    with TenantSession(tenants, ONE, writes=True) as session:
        session.scalars(select(MachineEntryRow)).one().tenant_id = OTHER
        with pytest.raises(UnboundStatementError):
            session.flush()


def test_no_reference_leads_to_another_tenant(tenants: Engine) -> None:
    """By the keys of the tables, whatever the program says."""
    with TenantSession(tenants, OTHER, writes=True) as session, session.begin():
        session.add(MachineEntryRow(id=OTHER, name="theirs"))
    with TenantSession(tenants, ONE, writes=True) as session:
        session.add(MachineChangeRow(machine_id=OTHER, changed_by="x", action="x"))
        with pytest.raises(IntegrityError):
            session.flush()


def test_every_table_but_that_of_tenants_is_owned() -> None:
    owned = {table.name for table in METADATA.tables.values() if "tenant_id" in table.c}
    assert owned == set(METADATA.tables) - {"tenants"}
    assert {row.__tablename__ for row in TENANT_TABLES} == owned  # type: ignore[attr-defined]
    assert all(issubclass(row, TenantOwned) for row in TENANT_TABLES)
    for name in owned:
        assert next(column.name for column in METADATA.tables[name].primary_key) == "tenant_id"
        assert all(
            index.columns.keys()[0] == "tenant_id" for index in METADATA.tables[name].indexes
        )


def test_postgresql_holds_it_once_more(
    tenants: Engine, database: Database, open_database: Callable[[str], Engine]
) -> None:
    """Plain SQL past the session: of nobody's tenant there is nothing, for the owner neither."""
    if database.backend != "postgresql":
        pytest.skip("SQLite has no row-level security")
    for asked in (tenants, open_database(database.owner)):
        with asked.connect() as connection:
            for table in METADATA.tables:
                count = connection.scalar(text(f"SELECT count(*) FROM {table}"))
                assert count == 0, table
            tell = text("SELECT set_config('perfanalysis.tenant', :tenant, true)")
            connection.execute(tell, {"tenant": str(ONE)})
            assert connection.scalars(text("SELECT owner FROM machines")).all() == ["owner of 1"]
            assert connection.scalars(text("SELECT name FROM tenants")).all() == ["one"]
            connection.commit()
            # After its end the setting is '' and not NULL.
            assert connection.scalars(text("SELECT owner FROM machines")).all() == []


def test_postgresql_takes_no_row_of_another(tenants: Engine, database: Database) -> None:
    if database.backend != "postgresql":
        pytest.skip("SQLite has no row-level security")
    with tenants.connect() as connection:
        tell = text("SELECT set_config('perfanalysis.tenant', :tenant, true)")
        connection.execute(tell, {"tenant": str(ONE)})
        with pytest.raises(DBAPIError, match="row-level security"):
            connection.execute(text(f"UPDATE machines SET tenant_id = '{OTHER}'"))


def test_who_owns_the_tables_does_not_serve(
    database: Database, engine: Engine, open_database: Callable[[str], Engine]
) -> None:
    check_role(engine)
    if database.backend == "postgresql":
        for role, said in ((database.owner, "owner"), (_superuser(database), "superuser")):
            with pytest.raises(ValueError, match=said):
                _refused(open_database(role))


def _superuser(database: Database) -> str:
    return database.owner.replace("portal_owner@", "postgres@")


def _refused(engine: Engine) -> None:
    from perfanalysis.errors import InputError

    try:
        check_role(engine)
    except InputError as error:
        raise ValueError(str(error)) from error


def test_records_alone_know_how_to_ask_otherwise() -> None:
    """Elsewhere nobody has plain SQL, tables, sessions of SQLAlchemy's own, or connections."""
    forbidden = re.compile(
        r"__table__|METADATA|\bSession\(|(?<![.\w])text\(|(?<![.\w])insert\("
        r"|\.connect\(|\.begin\(\) as connection"
        r"|exec_driver_sql|literal_column|set_config"
    )
    folder = REPOSITORY / "portal"
    found = [
        f"{path.relative_to(folder)}: {match[0]}"
        for path in folder.rglob("*.py")
        if path.relative_to(folder).parts[0] not in {"records", "migrations"}
        for match in forbidden.finditer(path.read_text().replace("TenantSession(", ""))
    ]
    # Of the price book, which is another database and has no tenants' records.
    assert found == ["pricing/shelf.py: .connect("]
