"""Spare Cores' database of servers and prices: an SQLite file, opened to be read alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from perfanalysis.errors import InputError
from prices.reading.installed import INSTALLED

# What the Python package sparecores-data keeps, and where it looks for a file of one's own.
# https://github.com/SpareCores/sc-data
OWN_FILE = "SC_DATA_DB_PATH"
_CACHED = "sparecores-data/sc-data-all.db"
# Its names of providers, where an inventory has others.
PROVIDERS = {"aws": "aws", "gcp": "gcp", "azure": "azure", "oci": "oci"}


def database_of(path: Path) -> Path:
    """The file itself; for ``installed`` the one of sparecores-data, which is not downloaded here.

    Raises:
        InputError: there is none.
    """
    if str(path) != INSTALLED:
        return path
    own = os.environ.get(OWN_FILE)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    found = Path(own) if own else Path(cache) / _CACHED
    if not found.is_file():
        expected = f"the database of sparecores-data in {found}, or its file in {OWN_FILE}"
        raise InputError(INSTALLED, "", expected)
    return found


@contextmanager
def opened_database(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes nothing.

    Raises:
        InputError: it is no SQLite database, or is damaged.
    """
    if not path.is_file():
        raise InputError(str(path), "", "an SQLite database")
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise InputError(str(path), "", f"a whole SQLite database ({error})") from error


def columns_of(
    connection: sqlite3.Connection, path: Path, table: str, needed: Sequence[str]
) -> set[str]:
    """The columns of a table.

    Raises:
        InputError: it has not those that are needed.
    """
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    found = {str(name) for (name,) in rows}
    absent = [name for name in needed if name not in found]
    if absent:
        raise InputError(str(path), table, f"a table with the columns {', '.join(absent)}")
    return found
