"""What a reader of exports gives out: rows one after the other, or columns of thousands of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from prices.importers.importer import ImportAccount

# Of a row, the texts of ``columns.Charge``; a plain tuple, for there are millions.
Row = tuple[str, ...]


class Columns(NamedTuple):
    """Rows that follow each other, by column.

    Attributes:
        first_row: the number of the first.
        rows: how many.
        texts: for each field of ``columns.Charge`` an array of pyarrow's, of strings or, for what
            many rows have in common, a dictionary of them; None where the file has no such column.
    """

    first_row: int
    rows: int
    texts: Sequence[Any]


# Rows have their numbers with them.
Batch = Iterator[tuple[int, Row]] | Columns
# The file, which costs are wanted, the account.
ReadBatches = Callable[[Path, Sequence[str], ImportAccount], Iterator[Batch]]
