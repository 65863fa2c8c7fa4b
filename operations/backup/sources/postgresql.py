"""A PostgreSQL database: by pg_dump, in the very snapshot in which its rows are counted."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from operations.backup.manifest import Answer, AskedQuestion, Question
from operations.backup.sources.servers import program, running
from operations.backup.sources.source import BackupSide, SourceError, Staged

TABLES = Question("rows of each table")
ROLES = "roles"
_DUMP, _SUPERUSER = "database.dump", "perfanalysis_verify"
_NOBODY = "nobody"
# As both sides write values down.
_SETTINGS: dict[LiteralString, LiteralString] = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "TimeZone": "UTC",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "row_security": "off",
}
_NAMES: LiteralString = (
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    " ORDER BY 1, 2"
)
# In any order; by a hash that PostgreSQL keeps for its partitions.
_TOLD: LiteralString = (
    "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} t"
)


class PostgresSide:
    """A database, asked through one connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        for name, value in _SETTINGS.items():
            connection.execute(sql.SQL("SET {} = {}").format(sql.Identifier(name), value))

    def ask(self, question: Question) -> Answer:
        """See ``BackupSide``; there is one question."""
        assert question.name == TABLES.name
        found = {}
        for schema, table in self._connection.execute(_NAMES).fetchall():
            told = sql.SQL(_TOLD).format(sql.Identifier(schema, table))
            row = self._connection.execute(told).fetchone()
            assert row
            found[f"{schema}.{table}"] = f"{row[0]} rows, {row[1]}"
        return found


@dataclass(frozen=True)
class PostgresSource:
    """See ``BackupSource``.

    Attributes:
        name: see ``BackupSource``.
        connection: host, port, dbname, user, sslmode, sslrootcert ... as libpq calls them; the
            password is in the file that ``PGPASSFILE`` names, or ``~/.pgpass``.
        programs: the folder of initdb, postgres and pg_restore; None: those on PATH, or Debian's.
    """

    name: str
    connection: dict[str, str] = field(default_factory=dict)
    programs: Path | None = None
    kind: ClassVar[str] = "postgresql"

    @contextmanager
    def staged(self, scratch: Path) -> Iterator[Staged]:
        """See ``BackupSource``."""
        try:
            where = make_conninfo(**self.connection)
            with closing(psycopg.connect(where, connect_timeout=10, autocommit=True)) as connection:
                side = PostgresSide(connection)
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
                asked = [AskedQuestion(TABLES, side.ask(TABLES))]
                self._dump(scratch / _DUMP, str(snapshot))
                query = "SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1"
                roles = [row[0] for row in connection.execute(query)]
                version = f"PostgreSQL {connection.info.server_version // 10_000}"
        except psycopg.Error as error:
            raise SourceError(f"{self.name}: {' '.join(str(error).split())}") from error
        yield Staged(scratch, asked, version, {ROLES: roles})

    def live(self) -> BackupSide | None:
        """See ``BackupSource``: it has been written to since."""
        return None

    @contextmanager
    def restored(
        self, folder: Path, scratch: Path, facts: dict[str, list[str]]
    ) -> Iterator[BackupSide]:
        """See ``BackupSource``: a server of its own, behind a socket in a folder of its own."""
        who = _somebody()
        if who:
            shutil.chown(scratch, _NOBODY, who["group"])
            self._check_way(scratch)
        scratch.chmod(0o700)
        log = scratch.with_name(f"{scratch.name}.log")
        self._run(
            self._program("initdb"), "-D", str(scratch / "data"), "-U", _SUPERUSER, "-A", "trust",
            "-E", "UTF8", "--locale=C", "-N", cwd=scratch, **who,
        )  # fmt: skip
        where = make_conninfo(host=str(scratch), user=_SUPERUSER, dbname="postgres")
        command = [self._program("postgres"), "-D", str(scratch / "data"), "-c", "fsync=off"]
        command += ["-c", "listen_addresses=", "-c", f"unix_socket_directories={scratch}"]
        with running(command, log, lambda: _answers(where), cwd=scratch, **who):
            with closing(psycopg.connect(where, autocommit=True)) as connection:
                for role in facts.get(ROLES, ()):
                    connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
                connection.execute("CREATE DATABASE restored TEMPLATE template0")
            self._run(
                self._program("pg_restore"), "--exit-on-error", "--host", str(scratch),
                "--username", _SUPERUSER, "--dbname", "restored", str(folder / _DUMP),
            )  # fmt: skip
            with closing(psycopg.connect(where, dbname="restored")) as connection:
                yield PostgresSide(connection)

    def _check_way(self, folder: Path) -> None:
        closed = next((one for one in folder.parents if not one.stat().st_mode & 0o001), None)
        if closed is not None:
            raise SourceError(
                f"{self.name}: {closed} lets {_NOBODY} not through, as whom PostgreSQL runs"
                " where root proves a backup: choose another folder by --scratch"
            )

    def _dump(self, target: Path, snapshot: str) -> None:
        self._run(
            self._program("pg_dump"), "--format=custom", "--compress=0", f"--snapshot={snapshot}",
            "--file", str(target), "--dbname", make_conninfo(**self.connection),
        )  # fmt: skip

    def _program(self, name: str) -> str:
        if self.programs is not None:
            return program(name, str(self.programs / name))
        debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        return program(name, "" if shutil.which(name) or not debian else str(debian[-1]))

    def _run(self, *command: str, **settings: Any) -> None:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, **settings
        )
        if done.returncode:
            said = " ".join(done.stderr.decode(errors="replace").split())[:500]
            raise SourceError(f"{self.name}: {Path(command[0]).name} failed: {said}")


def _somebody() -> dict[str, Any]:
    """PostgreSQL's server refuses to run as root."""
    if os.getuid():
        return {}
    return {"user": _NOBODY, "group": "nogroup", "extra_groups": []}


def _answers(where: str) -> bool:
    try:
        psycopg.connect(where).close()
    except psycopg.OperationalError:
        return False
    return True
