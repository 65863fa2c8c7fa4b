"""Container CSV: one row a container and time, computed from a container capture.

``cpu_percent``, ``cpu_user_percent`` and ``cpu_system_percent`` are percent of one CPU since the
row before; what is used of the CPU since the first row is their sum over time. Bytes and
operations of I/O are counters already.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from exporter.collectors.cgroup import families
from importing.captures import CapturedMachine, Snapshot
from importing.old.csv_rows import CsvRow
from importing.refusals import OUT_OF_ORDER, Refusals
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import format_value

_RATES: tuple[tuple[str, Family, tuple[str, ...]], ...] = (
    ("cpu_percent", families.CPU_USAGE, ("total",)),
    ("cpu_user_percent", families.CPU_USER, ()),
    ("cpu_system_percent", families.CPU_SYSTEM, ()),
)
_NUMBERS: tuple[tuple[str, Family, tuple[str, ...]], ...] = (
    ("memory_current_bytes", families.MEMORY_USAGE, ()),
    ("memory_max_bytes", families.SPEC_MEMORY, ()),
    ("io_read_bytes", families.FS_READ_BYTES, ("",)),
    ("io_write_bytes", families.FS_WRITTEN_BYTES, ("",)),
    ("io_read_ops", families.FS_READS, ("",)),
    ("io_write_ops", families.FS_WRITES, ("",)),
    ("pids_current", families.THREADS, ()),
)


def subsystem_of(row: CsvRow) -> str:
    """Of which container of a machine a row is: the same name as in a capture."""
    return f"container/{row.cells.get('runtime', '')}/{row.cells.get('container_id', '')[:12]}"


def by_time(rows: Iterator[CsvRow], path: Path, refusals: Refusals) -> Iterator[CsvRow]:
    """The rows by time, where the file has one container after the other.

    They are sorted in a temporary database of SQLite, which keeps on disk what memory should not.
    A row that is older than the one before of its container is left out.
    """
    before: dict[str, float] = {}
    with closing(sqlite3.connect("")) as database:
        database.execute("CREATE TABLE row (time REAL, line INTEGER, cells TEXT)")
        for row in rows:
            identity = row.cells.get("container_id", "")
            if row.time < before.get(identity, 0.0):
                where = f"{path}: line {row.line}"
                expected = f"a time after {before[identity]:.15g}, that of the row before"
                refusals.add(OUT_OF_ORDER, InputError(where, "timestamp", expected, row.time))
                continue
            before[identity] = row.time
            values = (row.time, row.line, json.dumps(row.cells))
            database.execute("INSERT INTO row VALUES (?, ?, ?)", values)
        for time, line, cells in database.execute("SELECT * FROM row ORDER BY time, line"):
            yield CsvRow(time, line, json.loads(cells))


class Containers:
    """The containers of one file.

    Args:
        recorded: the machine that they ran on.
    """

    def __init__(self, recorded: CapturedMachine) -> None:
        self._recorded = recorded
        self._before: dict[str, float] = {}
        self._used: dict[tuple[str, str], float] = {}

    def snapshot(self, row: CsvRow, path: Path) -> Snapshot:
        """The samples of a row; none when it is malformed or not in order."""
        where = f"{path}: line {row.line}"
        try:
            pairs = self._pairs(row, where)
        except InputError as error:
            self._recorded.refuse(error)
            pairs = []
        return self._recorded.with_identity(row.time, self._recorded.batch(pairs))

    def _pairs(self, row: CsvRow, where: str) -> list[tuple[Series, bytes]]:
        identity = row.cells.get("container_id", "")
        if not identity:
            raise InputError(where, "container_id", "the id of a container")
        runtime = row.cells.get("runtime", "")
        numbers = {column: row.number(column, where) for column, _, _ in (*_RATES, *_NUMBERS)}
        if not self._recorded.is_next(subsystem_of(row), row.time, where):
            return []
        name = row.cells.get("container_name") or self._recorded.machine.container_names.get(
            identity, ""
        )
        labels = (identity, name)
        pairs = []
        seconds = row.time - self._before.get(identity, row.time)
        self._before[identity] = row.time
        for column, family, more in _RATES:
            used = (
                self._used.get((identity, column), 0.0) + (numbers[column] or 0.0) / 100 * seconds
            )
            self._used[identity, column] = used
            pairs.append((Series(family, (*labels, *more)), format_value(round(used, 9))))
        for column, family, more in _NUMBERS:
            if (number := numbers[column]) is not None:
                pairs.append((Series(family, (*labels, *more)), b"%d" % int(number)))
        info = (identity, name, identity, runtime, "", "", "", "", "")
        return [*pairs, (Series(families.INFO, info), b"1")]
