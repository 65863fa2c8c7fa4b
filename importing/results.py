"""Result documents of load tests, as the exporter shows them, at the end of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.recordings.captures import TOO_LATE
from perfanalysis.results import families, reading


class ImportedResult(NamedTuple):
    """A result: the Unix time of its end, its kernel, and its samples."""

    time: float
    kernel: str
    pairs: Sequence[tuple[Series, bytes]]


def read(path: Path) -> ImportedResult:
    """Read a result document.

    Raises:
        InputError: it is none, or cannot be read.
    """
    data = reading.read_bytes(path)
    try:
        document = reading.parse(data, str(path))
    except InputError as error:
        expected = f"{error.expected}, in a load-test result"
        raise InputError(str(path), error.field, expected, error.found) from error
    when = document.timestamp_seconds
    if when >= TOO_LATE:
        raise InputError(str(path), "timestamp_seconds", "Unix seconds", when)
    return ImportedResult(when, document.kernel, families.samples_of(document))
