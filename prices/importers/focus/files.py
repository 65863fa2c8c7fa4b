"""The rows of an export, from CSV (also gzip) by csv, from Parquet by pyarrow."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.extras import missing
from prices.importers.focus.columns import positions
from prices.importers.importer import ImportAccount
from prices.reading.opened import opened_text

# Of a row, the texts of ``columns.Charge``; a plain tuple, for there are millions.
Row = tuple[str, ...]
PARQUET = b"PAR1"
_ROWS_AT_ONCE = 10_000
MISSHAPEN = "not as many fields as the header has"


def csv_rows(path: Path, costs: Sequence[str], account: ImportAccount) -> Iterator[tuple[int, Row]]:
    """Each row with its number; the header is row 1.

    Raises:
        InputError: it is no CSV, a column is missing, or it breaks off.
    """
    with opened_text(path) as text:
        reader = csv.reader(text, strict=True)
        number = 1
        try:
            header = next(reader, [])
            if not header:
                raise InputError(str(path), "", "a FOCUS export, with a header")
            places = positions(header, costs, str(path))
            # What is nowhere is found behind the last field.
            pick = itemgetter(*(len(header) if at is None else at for at in places))
            width, nowhere = len(header), None in places
            short = 0
            for number, fields in enumerate(reader, 2):
                if len(fields) != width:
                    short = number
                    account.read += 1
                    account.leave_out(MISSHAPEN, f"row {number}")
                    continue
                if nowhere:
                    fields.append("")
                yield number, pick(fields)
        except csv.Error as error:
            raise InputError(str(path), f"row {number + 1}", f"a row of CSV ({error})") from error
        if short and short == number:
            expected = f"{len(header)} fields, as in the header; the file may break off here"
            raise InputError(str(path), f"row {number}", expected)


def parquet_rows(
    path: Path, costs: Sequence[str], account: ImportAccount
) -> Iterator[tuple[int, Row]]:
    """Each row with its number, from 1 on.

    Raises:
        InputError: it is no Parquet, a column is missing, or it breaks off.
        PerfAnalysisError: pyarrow is not installed.
    """
    del account
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise PerfAnalysisError(missing("a Parquet file", "pyarrow", "parquet")) from error
    try:
        with pq.ParquetFile(path) as file:
            header = file.schema_arrow.names
            places = positions(header, costs, str(path))
            wanted = [header[at] for at in places if at is not None]
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=sorted(set(wanted))):
                for row in zip(*_columns(batch, header, places), strict=True):
                    number += 1
                    yield number, row
    except (pa.ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise InputError(str(path), "", f"a whole, readable Parquet file ({first})") from error


def _columns(batch: Any, header: Sequence[str], places: Sequence[int | None]) -> list[list[str]]:
    nothing = [""] * batch.num_rows
    return [
        nothing if at is None else [_text(v) for v in batch.column(header[at]).to_pylist()]
        for at in places
    ]


def _text(value: Any) -> str:
    """As a CSV would have it.

    Some providers keep costs as floats: the shortest decimal of a float is what they wrote.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(dict(value))
    return str(value)
