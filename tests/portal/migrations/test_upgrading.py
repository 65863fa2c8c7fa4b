"""From the last release's database to today's: nothing is lost, and its programs go on beside."""

from __future__ import annotations

import ast
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

import portal.migrations.versions
from perfanalysis.results import reading
from perfanalysis.results.fingerprint import fingerprint
from portal.access.key_text import new_key
from portal.load_tests import refiguring
from portal.migrations.grants import grant
from portal.migrations.running import check_version, configuration, migrate, newest
from portal.records.opening import open_engine, sqlite_url
from portal.records.tenant_session import WRITES
from tests.portal.conftest import BACKENDS
from tests.portal.migrations import release_0002
from tests.portal.postgres import OWNER, SERVING, Postgres
from tests.portal.serving import DOCUMENT, client, document

VERSIONS = Path(portal.migrations.versions.__file__).parent
Opened = Callable[[str], Engine]


@pytest.fixture(params=BACKENDS)
def engines(
    request: pytest.FixtureRequest, tmp_path: Path, open_database: Opened
) -> tuple[Engine, Engine]:
    """Of an empty database: its owner's, and that of the role that serves."""
    if request.param == "sqlite":
        engine = open_engine(sqlite_url(tmp_path / "portal.sqlite"))
        request.addfinalizer(engine.dispose)
        return engine, engine
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.database()
    return open_database(server.url(OWNER, name)), open_database(server.url(SERVING, name))


def upgrade(engine: Engine, version: str) -> None:
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        command.upgrade(configuration(connection), version)


def test_the_last_releases_database(engines: tuple[Engine, Engine]) -> None:
    owner, serving = engines
    upgrade(owner, release_0002.VERSION)
    tenant, key = uuid.uuid4(), new_key()
    with owner.execution_options(**{WRITES: True}).begin() as connection:
        release_0002.write(connection, tenant, "one", key)
    grants = SERVING if owner.dialect.name == "postgresql" else None
    assert migrate(owner, grants) == (release_0002.VERSION, newest())
    asked = client(serving, key.text)
    (test,) = asked.get("/api/v1/tests").json()["tests"]
    assert (test["test_id"], test["max_units_per_second"]) == (DOCUMENT["test_id"], 1123.5)
    path = f"/api/v1/tests/{DOCUMENT['test_id']}"
    assert asked.get(f"{path}/document").content == document()
    assert [row["text"] for row in asked.get(f"{path}/notes").json()["notes"]] == ["kept"]
    (machine,) = asked.get("/api/v1/machines").json()["machines"]
    assert (machine["labels"], machine["revision"]) == ({"team": "search"}, 1)
    changes = asked.get(f"/api/v1/machines/{machine['id']}/history").json()["changes"]
    assert [row["action"] for row in changes] == ["create"]
    assert asked.get("/api/v1/baselines").json()["baselines"][0]["name"] == "main"
    log = asked.get("/api/v1/audit").json()["entries"]
    assert [(row["action"], row["facts"]) for row in log] == [("tenant.provision", {"a": 1})]
    # Its series is known: it is looked up in the document that was kept.
    (series,) = asked.get("/api/v1/history").json()["series"]
    assert series["conditions"] is None
    assert (refiguring.fill(owner), refiguring.fill(owner)) == (1, 0)
    (series,) = asked.get("/api/v1/history").json()["series"]
    assert series["conditions"] == fingerprint(reading.parse(document(), "document"))
    # What the new program writes goes on from there.
    assert asked.post("/api/v1/tests", content=document(test_id="new")).status_code == 201
    assert asked.delete("/api/v1/baselines/main").status_code == 204


def test_programs_of_the_last_release_go_on_beside(engines: tuple[Engine, Engine]) -> None:
    """Their statements name their own columns: what came since must not be needed."""
    owner, serving = engines
    upgrade(owner, "head")
    if owner.dialect.name == "postgresql":
        with owner.begin() as connection:
            grant(connection, SERVING)
    tenant, key = uuid.uuid4(), new_key()
    with serving.execution_options(**{WRITES: True}).begin() as connection:
        release_0002.write(connection, tenant, "one", key)
        seen = release_0002.read(connection, tenant, "one", key)
    assert set(seen.values()) == {1}
    # And the new program sees what they wrote.
    asked = client(serving, key.text)
    assert len(asked.get("/api/v1/tests").json()["tests"]) == 1


def test_an_older_program_starts_on_a_newer_schema(
    engines: tuple[Engine, Engine], caplog: pytest.LogCaptureFixture
) -> None:
    """As when one of several portals is started again while they are replaced."""
    owner, serving = engines
    migrate(owner, SERVING if owner.dialect.name == "postgresql" else None)
    with owner.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    check_version(serving)
    assert "9999 is newer" in caplog.text
    assert migrate(owner) == ("9999", "9999")


def shape(connection: Connection) -> dict[str, dict[str, Any]]:
    """By table: what programs rely on."""
    found = inspect(connection)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found.get_columns(table)
            },
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "unique": {tuple(one["column_names"]) for one in found.get_unique_constraints(table)},
            "checks": {one["name"]: one["sqltext"] for one in found.get_check_constraints(table)},
        }
        for table in found.get_table_names()
    }


def faults(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    """What a program of before would stumble over."""
    said = []
    for table, was in before.items():
        now = after.get(table)
        if now is None:
            said.append(f"{table}: is gone")
            continue
        for name, column in was["columns"].items():
            if now["columns"].get(name) != column:
                said.append(f"{table}.{name}: was {column}, is {now['columns'].get(name)}")
        for name in now["columns"].keys() - was["columns"].keys():
            _, nullable, default = now["columns"][name]
            if not nullable and default is None:
                said.append(f"{table}.{name}: is needed, and has no default of the database")
        if now["key"] != was["key"]:
            said.append(f"{table}: has another primary key")
        if more := now["unique"] - was["unique"]:
            said.append(f"{table}: unique besides: {sorted(more)}")
        if more := now["checks"].items() - was["checks"].items():
            said.append(f"{table}: checked besides: {sorted(more)}")
    return said


def revisions(connection: Connection) -> list[str]:
    """Those after the last release, the oldest first."""
    scripts = ScriptDirectory.from_config(configuration(connection))
    found = [one.revision for one in scripts.walk_revisions()][::-1]
    return found[found.index(release_0002.VERSION) + 1 :]


def test_each_version_only_adds(engines: tuple[Engine, Engine]) -> None:
    """Expand, then contract: what goes, goes a release after nothing uses it any more."""
    owner, _ = engines
    upgrade(owner, release_0002.VERSION)
    with owner.connect() as connection:
        before, steps = shape(connection), revisions(connection)
    assert steps
    for step in steps:
        upgrade(owner, step)
        with owner.connect() as connection:
            after = shape(connection)
        assert faults(before, after) == [], step
        before = after


def test_what_takes_away_is_seen(engines: tuple[Engine, Engine]) -> None:
    owner, _ = engines
    upgrade(owner, "head")
    with owner.connect() as connection:
        before = shape(connection)
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE baselines DROP COLUMN pinned_by"))
        connection.execute(text("ALTER TABLE machines RENAME COLUMN zone TO place"))
        connection.execute(text("ALTER TABLE machines ADD COLUMN size INTEGER"))
        connection.execute(text("DROP TABLE load_test_notes"))
    with owner.connect() as connection:
        found = faults(before, shape(connection))
    assert len(found) == 3
    needed = dict(
        before, machines=before["machines"] | {"columns": {"x": ("INTEGER", False, None)}}
    )
    empty = dict(before, machines=before["machines"] | {"columns": {}})
    assert faults(empty, needed) == ["machines.x: is needed, and has no default of the database"]


FORBIDDEN = {"drop_table", "drop_column", "alter_column", "rename_table", "drop_constraint"}
WORDS = ("DROP TABLE", "DROP COLUMN", "RENAME", "TRUNCATE", "DELETE FROM", "DISABLE ROW")


def taken_away(source: str) -> list[str]:
    """Operations of a version that take something away."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN:
            found.append(node.attr)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [word for word in WORDS if word in node.value.upper()]
    return found


def test_no_version_says_that_it_takes_away() -> None:
    since = [path for path in VERSIONS.glob("[0-9]*.py") if path.name[:4] > release_0002.VERSION]
    assert since
    for path in since:
        assert taken_away(path.read_text()) == [], path.name
    assert taken_away("op.drop_column('a', 'b')\nop.execute('drop table x')") == [
        "drop_column",
        "DROP TABLE",
    ]
