"""A book of an earlier version goes on, with the indexes of this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from prices.book.opening import opened

BEFORE = "DROP INDEX prices_by_import; CREATE INDEX prices_by_source ON prices (source_id);"
INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'prices_by%'"


def test_its_index_of_sources_is_exchanged_at_an_import(tmp_path: Path) -> None:
    path = tmp_path / "prices.sqlite"
    with opened(path, make=True):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(BEFORE)
    with opened(path, make=True):
        pass
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(INDEXES).fetchall() == [("prices_by_import",)]
