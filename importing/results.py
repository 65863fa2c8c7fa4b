"""Result documents of load tests, as the exporter shows them, at the end of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.recordings.captures import TOO_LATE
from perfanalysis.results import conditions, families, reading


class ImportedResult(NamedTuple):
    """A result.

    Attributes:
        time: the Unix time of its end.
        kernel: what was run.
        valid: whether nothing spoiled it; None: unknown.
        full: whether it had all of the machine; None: unknown.
        pairs: its samples.
        alone: those that it has beside a better result: none of the machine's figures.
    """

    time: float
    kernel: str
    valid: bool | None
    full: bool | None
    pairs: Sequence[tuple[Series, bytes]]
    alone: Sequence[tuple[Series, bytes]]


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
    newest = families.samples_of_newest(document.kernel, valid=document.valid)
    return ImportedResult(
        when,
        document.kernel,
        document.valid,
        conditions.full(document),
        pairs=families.samples_of(document) + newest,
        alone=families.samples_of_one_run(document) + newest,
    )
