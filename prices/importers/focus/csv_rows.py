"""The rows of an export in CSV, one after the other, by csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path

from perfanalysis.errors import InputError
from prices.importers.focus.batches import Batch, Row
from prices.importers.focus.columns import positions
from prices.importers.importer import ImportAccount
from prices.reading.opened import opened_text

MISSHAPEN = "not as many fields as the header has"


class ExportInCsv:
    """How far an export has been read; the header is row 1.

    Args:
        path: the file, for messages.
        header: the names of its columns.
        costs: which costs are wanted.
        account: of the import.

    Raises:
        InputError: there is no header, or a column is missing.
    """

    def __init__(
        self, path: Path, header: Sequence[str], costs: Sequence[str], account: ImportAccount
    ) -> None:
        if not header:
            raise InputError(str(path), "", "a FOCUS export, with a header")
        self.places = positions(header, costs, str(path))
        self.width = len(header)
        # The number of the last row that was read, and of the last one that is misshapen.
        self.number = 1
        self._short = 0
        self._path = path
        self._account = account

    def rows(self, lines: Iterable[str]) -> Iterator[tuple[int, Row]]:
        """The next rows, each with its number.

        Raises:
            InputError: it is no CSV.
        """
        # What is nowhere is found behind the last field.
        pick = itemgetter(*(self.width if at is None else at for at in self.places))
        width, nowhere = self.width, None in self.places
        try:
            for fields in csv.reader(lines, strict=True):
                self.number += 1
                if len(fields) != width:
                    self._leave_out()
                    continue
                if nowhere:
                    fields.append("")
                yield self.number, pick(fields)
        except csv.Error as error:
            expected = f"a row of CSV ({error})"
            raise InputError(str(self._path), f"row {self.number + 1}", expected) from error

    def _leave_out(self) -> None:
        self._short = self.number
        self._account.read += 1
        self._account.leave_out(MISSHAPEN, f"row {self.number}")

    def finish(self) -> None:
        """Say that all rows have been read.

        Raises:
            InputError: the file breaks off.
        """
        if self._short and self._short == self.number:
            expected = f"{self.width} fields, as in the header; the file may break off here"
            raise InputError(str(self._path), f"row {self.number}", expected)


def begun(
    path: Path, text: Iterable[str], costs: Sequence[str], account: ImportAccount
) -> ExportInCsv:
    """An export of which the header has been read.

    Raises:
        InputError: it is no CSV, or a column is missing.
    """
    try:
        header = next(csv.reader(text, strict=True), [])
    except csv.Error as error:
        raise InputError(str(path), "row 1", f"a row of CSV ({error})") from error
    return ExportInCsv(path, header, costs, account)


def csv_rows(path: Path, costs: Sequence[str], account: ImportAccount) -> Iterator[Batch]:
    """All rows, as one batch.

    Raises:
        InputError: it is no CSV, a column is missing, or it breaks off.
    """
    with opened_text(path) as text:
        export = begun(path, text, costs, account)
        yield export.rows(text)
        export.finish()
