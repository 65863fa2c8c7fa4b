"""Databases of the portal: a SQLite file, and one of a real PostgreSQL, each test with its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal.migrations.running import migrate
from portal.records.opening import open_engine, sqlite_url, url_of
from tests.portal import postgres
from tests.portal.postgres import OWNER, SERVING, Postgres
from tests.postgresql_programs import programs

BACKENDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Database:
    """A database with the schema; ``url`` is for the role that serves, ``owner`` for its owner."""

    url: str
    owner: str

    @property
    def backend(self) -> str:
        return self.url.partition(":")[0]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    if programs() is None:
        pytest.skip("no PostgreSQL here: scripts/setup-tests brings Debian's")
    with postgres.server() as found:
        yield found


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """A database with the schema, of which each test has a copy."""
    name = postgres_server.database()
    engine = open_engine(url_of(postgres_server.url(OWNER, name), "test"))
    migrate(engine, SERVING)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("portal") / "template.sqlite"
    engine = open_engine(sqlite_url(path))
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return database_of(request.param, request, tmp_path)


def database_of(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if backend == "sqlite":
        path = tmp_path / "portal.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return Database(f"sqlite:///{path}", f"sqlite:///{path}")
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.database(request.getfixturevalue("postgres_template"))
    return Database(server.url(SERVING, name), server.url(OWNER, name))


@pytest.fixture
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> list[Database]:
    """One of each that can be had here, for a test that does the same with all."""
    backends = BACKENDS if programs() else BACKENDS[:1]
    return [database_of(backend, request, tmp_path) for backend in backends]


@pytest.fixture
def open_database() -> Iterator[Callable[[str], Engine]]:
    made: list[Engine] = []

    def opened(url: str) -> Engine:
        made.append(open_engine(url_of(url, "test"), connections=5))
        return made[-1]

    yield opened
    for engine in made:
        engine.dispose()


@pytest.fixture
def engine(database: Database, open_database: Callable[[str], Engine]) -> Engine:
    """As the portal has it when it serves."""
    return open_database(database.url)
