"""Rows of a CSV file by the names of their columns, one after the other."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from perfanalysis.errors import InputError
from prices.reading.opened import opened_text

# Lines above the names: providers write some about the file itself.
_MOST_PREAMBLE = 20
_PLAIN = re.compile(r"[^a-z0-9]+")


def plain(name: str) -> str:
    """A column's name without case, spaces and marks: ``Unit Price`` is ``unitprice``."""
    return _PLAIN.sub("", name.lower())


def rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the number of its line.

    Args:
        path: the file; it may be packed by gzip.
        needed: columns, as ``plain`` has them, by which the line of names is known.

    Raises:
        InputError: no line has these names, or a row has fewer or more fields than names.
    """
    with opened_text(path) as text:
        reader = csv.reader(text, strict=True)
        names: list[str] = []
        try:
            for row in reader:
                if not names:
                    found = [plain(name) for name in row]
                    if set(needed) <= set(found):
                        names = found
                    elif reader.line_num > _MOST_PREAMBLE:
                        break
                elif row:
                    if len(row) != len(names):
                        expected = f"{len(names)} fields, as the line of names has"
                        raise InputError(str(path), f"line {reader.line_num}", expected, len(row))
                    yield reader.line_num, dict(zip(names, row, strict=True))
        except csv.Error as error:
            place = f"line {reader.line_num}"
            raise InputError(str(path), place, f"CSV ({error})") from error
        if not names:
            raise InputError(str(path), "", f"a line with the columns {', '.join(needed)}")
