"""An export in Parquet by column, through pyarrow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.extras import missing
from prices.importers.focus.batches import Batch, Columns
from prices.importers.focus.columns import IN_COMMON, positions
from prices.importers.importer import ImportAccount

PARQUET = b"PAR1"
_ROWS_AT_ONCE = 10_000


def parquet_columns(path: Path, costs: Sequence[str], account: ImportAccount) -> Iterator[Batch]:
    """All rows, in batches; the first is row 1.

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
            number = 1
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=sorted(set(wanted))):
                texts = [
                    None if at is None else _texts(batch.column(header[at]), field in IN_COMMON)
                    for field, at in enumerate(places)
                ]
                yield Columns(number, batch.num_rows, texts)
                number += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise InputError(str(path), "", f"a whole, readable Parquet file ({first})") from error


def _texts(column: Any, few: bool) -> Any:
    """A column as CSV would have it; with few different texts as a dictionary."""
    import pyarrow as pa

    if column.type == pa.string():
        texts = column.fill_null("")
    else:
        texts = pa.array([_text(value) for value in column.to_pylist()], pa.string())
    return texts.dictionary_encode() if few else texts


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
