"""The schema's history ends where the classes are, on each database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.dialects import oracle, postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable

from perfanalysis.errors import InputError
from portal.migrations.grants import grant
from portal.migrations.running import check_version, migrate, newest
from portal.records.audit import AuditRow
from portal.records.every_table import METADATA
from portal.records.opening import open_engine, sqlite_url
from portal.records.tenant_session import OperatorSession, TenantSession
from portal.records.tenants import DELETING, TenantRow
from tests.portal.conftest import Database


def test_the_versions_lead_to_the_classes(
    database: Database, open_database: Callable[[str], Engine]
) -> None:
    engine = open_database(database.owner)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    check_version(engine)
    assert migrate(engine) == (newest(), newest())


@pytest.mark.parametrize("dialect", [oracle.dialect(), postgresql.dialect(), sqlite.dialect()])  # type: ignore[no-untyped-call]
def test_each_table_compiles(dialect: object) -> None:
    for table in METADATA.sorted_tables:
        said = str(CreateTable(table).compile(dialect=dialect))  # type: ignore[arg-type]
        assert f"CREATE TABLE {table.name}" in said
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect))  # type: ignore[arg-type]


def test_each_constraint_has_a_name_that_all_take() -> None:
    for table in METADATA.sorted_tables:
        names = [constraint.name for constraint in table.constraints]
        names += [index.name for index in table.indexes]
        assert all(names), table.name
        assert max(len(str(name)) for name in names) <= 63
        assert len(set(names)) == len(names)


def test_an_empty_database_does_not_serve(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "empty.sqlite"))
    with pytest.raises(InputError, match="portal migrate"):
        check_version(engine)
    engine.dispose()
    assert (tmp_path / "empty.sqlite").stat().st_mode & 0o077 == 0


def test_two_migrate_one_after_the_other(tmp_path: Path) -> None:
    path, failed = tmp_path / "portal.sqlite", list[BaseException]()

    def go() -> None:
        engine = open_engine(sqlite_url(path))
        try:
            migrate(engine)
        except BaseException as error:  # noqa: BLE001 - the test shows it
            failed.append(error)
        engine.dispose()

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_audit_log_stays_as_it_was_written(engine: Engine) -> None:
    with OperatorSession(engine, writes=True) as operator, operator.begin():
        tenant = TenantRow(name="one")
        operator.add(tenant)
    with TenantSession(engine, tenant.id, writes=True) as session, session.begin():
        session.add(AuditRow(actor="a", action="b"))
    for act in (_change, _delete):
        with TenantSession(engine, tenant.id, writes=True) as session, session.begin():
            row = session.query(AuditRow).one()
            act(session, row)
            with pytest.raises(DBAPIError):
                session.flush()
            session.rollback()
    with OperatorSession(engine, writes=True) as operator, operator.begin():
        operator.get_one(TenantRow, tenant.id).state = DELETING
    with TenantSession(engine, tenant.id, writes=True) as session, session.begin():
        session.delete(session.query(AuditRow).one())


def _change(session: TenantSession, row: AuditRow) -> None:
    del session
    row.action = "c"


def _delete(session: TenantSession, row: AuditRow) -> None:
    session.delete(row)


def test_rights_go_to_a_role_that_is_bound(
    database: Database, open_database: Callable[[str], Engine]
) -> None:
    engine = open_database(database.owner)
    with engine.begin() as connection:
        if database.backend == "sqlite":
            with pytest.raises(InputError, match="PostgreSQL"):
                grant(connection, "portal")
            return
        for role, said in (("nobody_of_that_name", "the server has"), ("postgres", "superuser")):
            with pytest.raises(InputError, match=said):
                grant(connection, role)


def test_who_serves_changes_no_table(database: Database, engine: Engine) -> None:
    if database.backend == "postgresql":
        for statement in (
            "DROP TABLE machines",
            "ALTER TABLE machines DISABLE ROW LEVEL SECURITY",
            "TRUNCATE audit_log",
            "UPDATE audit_log SET actor = 'x'",
            "DROP POLICY own_rows ON machines",
        ):
            with engine.connect() as connection, pytest.raises(DBAPIError, match=r"owner|denied"):
                connection.execute(text(statement))
