"""A SQLite database: price book, portal. Copied by SQLite's own backup, also under writes."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from operations.backup.manifest import Answer, AskedQuestion, Question
from operations.backup.sources.source import BackupSide, SourceError, Staged

TABLES = Question("rows of each table")
_FILE = "database.sqlite"
_BUSY_SECONDS = 30.0
_BITS = (1 << 64) - 1


class SqliteSide:
    """A database, asked through one connection.

    Its tables are told by the number of rows, and a sum over what they hold in any order.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ask(self, question: Question) -> Answer:
        """See ``BackupSide``; there is one question."""
        assert question.name == TABLES.name
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        return {
            name: self._told(name)
            for (name,) in self._connection.execute(asked).fetchall()
            if not name.startswith("sqlite_")
        }

    def _told(self, table: str) -> str:
        rows, total = 0, 0
        name = table.replace('"', '""')
        for row in self._connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - a name of the database's own
            rows += 1
            digest = hashlib.blake2b(repr(row).encode(), digest_size=8).digest()
            total = (total + int.from_bytes(digest)) & _BITS
        return f"{rows} rows, {total:016x}"


@dataclass(frozen=True)
class SqliteSource:
    """See ``BackupSource``.

    Attributes:
        name: see ``BackupSource``.
        path: of the database's file.
    """

    name: str
    path: Path
    kind: ClassVar[str] = "sqlite"

    @contextmanager
    def staged(self, scratch: Path) -> Iterator[Staged]:
        """See ``BackupSource``: rows are counted in the same transaction that is copied."""
        copy = scratch / _FILE
        try:
            with closing(self._opened(self.path)) as source:
                source.execute("BEGIN")
                asked = [AskedQuestion(TABLES, SqliteSide(source).ask(TABLES))]
                with closing(sqlite3.connect(copy)) as target:
                    source.backup(target)
        except sqlite3.Error as error:
            raise SourceError(f"{self.name}: {self.path}: {error}") from error
        yield Staged(scratch, asked, f"SQLite {sqlite3.sqlite_version}")

    def live(self) -> BackupSide | None:
        """See ``BackupSource``: it has been written to since."""
        return None

    @contextmanager
    def restored(
        self, folder: Path, scratch: Path, facts: dict[str, list[str]]
    ) -> Iterator[BackupSide]:
        """See ``BackupSource``; SQLite looks whether the file is whole."""
        del scratch, facts
        try:
            with closing(self._opened(folder / _FILE)) as connection:
                said = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
                if said != ["ok"]:
                    raise SourceError(f"{self.name}: SQLite finds it damaged: {'; '.join(said)}")
                yield SqliteSide(connection)
        except sqlite3.Error as error:
            raise SourceError(f"{self.name}: {error}") from error

    def _opened(self, path: Path) -> sqlite3.Connection:
        if not path.is_file():
            raise SourceError(f"{self.name}: {path}: expected the file of a database")
        # Not read-only: the reader of a database that logs ahead writes to its -shm file.
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
        )
