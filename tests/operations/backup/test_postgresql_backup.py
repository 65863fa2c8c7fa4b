"""PostgreSQL: dumped in the snapshot in which rows are counted, and proven by a fresh server."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.operations.backup.conftest import Backups
from tests.portal import postgres
from tests.portal.postgres import OWNER, SERVING, Postgres
from tests.postgresql_programs import programs

SCHEMA = f"""
CREATE TABLE tests (id serial PRIMARY KEY, tenant int NOT NULL, document jsonb, at timestamptz);
INSERT INTO tests (tenant, document, at)
    SELECT n % 3, jsonb_build_object('units', n / 7.0), to_timestamp(1767225600 + n)
    FROM generate_series(1, 400) n;
ALTER TABLE tests ENABLE ROW LEVEL SECURITY;
ALTER TABLE tests FORCE ROW LEVEL SECURITY;
CREATE POLICY one ON tests TO {SERVING}
    USING (tenant = current_setting('portal.tenant', true)::int);
GRANT SELECT, INSERT ON tests TO {SERVING};
ALTER TABLE tests OWNER TO {OWNER};
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if programs() is None:
        pytest.skip("no PostgreSQL here: scripts/setup-tests brings Debian's")
    with postgres.server() as found:
        found.run("CREATE ROLE backup LOGIN BYPASSRLS IN ROLE pg_read_all_data")
        yield found


@pytest.mark.e2e
def test_a_database_under_writes_is_backed_up_and_proven(
    server: Postgres, make_backups: Callable[..., Backups]
) -> None:
    name = server.database()
    with psycopg.connect(server.url("postgres", name), autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
    source = {"kind": "postgresql", "name": "portal", "host": "127.0.0.1", "port": str(server.port)}
    source |= {"dbname": name, "user": "backup", "programs": str(programs())}
    backups = make_backups(source)
    ended = threading.Event()

    def insert() -> None:
        with psycopg.connect(server.url("postgres", name), autocommit=True) as connection:
            while not ended.is_set():
                connection.execute("INSERT INTO tests (tenant) VALUES (1), (2)")

    writer = threading.Thread(target=insert)
    writer.start()
    try:
        backups.create()
    finally:
        ended.set()
        writer.join()
    if os.getuid() == 0:
        # PostgreSQL does not run as root, and pytest's folders are closed to others.
        assert "choose another folder by --scratch" in backups.verify(1)["portal"]["faults"][0]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        backups.scratch = Path(folder)
        proof = backups.verify()["portal"]
    assert (proof["faults"], proof["values"]) == ([], 1)


@pytest.mark.e2e
def test_who_may_not_see_all_rows_makes_no_backup(
    server: Postgres, make_backups: Callable[..., Backups]
) -> None:
    name = server.database()
    with psycopg.connect(server.url("postgres", name), autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
    source = {"kind": "postgresql", "name": "portal", "host": "127.0.0.1", "port": str(server.port)}
    backups = make_backups(source | {"dbname": name, "user": SERVING, "programs": str(programs())})
    assert backups.run("create") == 1
    assert "row-level security" in backups.capsys.readouterr().err
