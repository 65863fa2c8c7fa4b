"""Tables of machines, read from disk."""

from __future__ import annotations

import csv
from pathlib import Path

from loadtest.kinds import raw_layout
from perfanalysis.errors import InputError
from perfanalysis.kinds.table import NEEDED, TableRow, row_of


def read_table(path: Path) -> list[TableRow]:
    """The machines of a public table.

    Args:
        path: a CSV file with a line of headings, or a folder in Spare Cores' raw layout.

    Raises:
        InputError: it cannot be read, lacks a column that each machine needs, or has no machine.
    """
    if path.is_dir():
        rows = [row_of(raw_layout.cells(folder)) for folder in raw_layout.machines(path)]
    else:
        rows = [row_of(cells) for cells in _csv(path)]
    known = [row for row in rows if row is not None]
    if not known:
        expected = "machines with a CPU model and a number of CPUs (CSV, or Spare Cores' folders)"
        raise InputError(str(path), "", expected, "none")
    return known


def _csv(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            headings = reader.fieldnames or []
            missing = [name for name in NEEDED if name not in headings]
            if missing:
                expected = f"columns {', '.join(NEEDED)} (missing: {', '.join(missing)})"
                raise InputError(str(path), "line 1", expected)
            return [{k: v or "" for k, v in line.items() if isinstance(k, str)} for line in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), "", "a CSV file that can be read", str(error)) from error
