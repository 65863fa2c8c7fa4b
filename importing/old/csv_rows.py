"""Rows of a CSV file with a heading and a column ``timestamp``, one after the other."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from perfanalysis.errors import InputError
from perfanalysis.recordings.captures import TOO_LATE, Reading, lines

TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: its Unix time, its line, and the text of each column."""

    time: float
    line: int
    cells: dict[str, str]

    def number(self, column: str, where: str) -> float | None:
        """A column's number; None when it is empty or not there.

        Raises:
            InputError: it is no number of at least 0.
        """
        text = self.cells.get(column, "")
        if not text:
            return None
        value = _number(text)
        if value is None:
            raise InputError(where, column, "a number of at least 0", text)
        return value


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def read_rows(
    path: Path, refuse: Callable[[InputError], None], reading: Reading
) -> Iterator[CsvRow]:
    """The rows of a file.

    Args:
        path: of the file, plain or gzip.
        refuse: told of each row that is none, which is left out.
        reading: kept up to date.

    Raises:
        InputError: the file cannot be read, or has no heading or no row.
    """
    heading: list[str] = []
    found = False
    for number, line in enumerate(lines(path, refuse, reading), 1):
        where = f"{path}: line {number}"
        cells = cells_of(line)
        if not cells:
            continue
        if not heading:
            heading = heading_of(line)
            if TIMESTAMP not in heading:
                raise InputError(where, "", f"a heading with the column {TIMESTAMP}")
            continue
        row = dict(zip(heading, cells, strict=False))
        time = _number(row.get(TIMESTAMP, "")) if len(cells) == len(heading) else None
        if time is None or time >= TOO_LATE:
            expected = f"{len(heading)} columns, with Unix seconds as {TIMESTAMP}"
            refuse(InputError(where, "", expected, line[:60].decode("utf-8", "replace").strip()))
            continue
        found = True
        yield CsvRow(time, number, row)
    if not found:
        raise InputError(str(path), "", "rows under a heading")


def heading_of(line: bytes) -> list[str]:
    """The columns that a heading names, quoted or not."""
    return [cell.strip() for cell in cells_of(line)]


def cells_of(line: bytes) -> list[str]:
    """The cells of one row, quoted or not."""
    # These files have one row a line: their quoted cells hold no line breaks.
    text = line.decode("utf-8", "replace").strip("\r\n")
    try:
        return next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        return [text]
