"""Result documents of load tests, as the exporter shows them, at the end of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from perfanalysis.errors import InputError, MalformedError
from perfanalysis.exposition.families import Series
from perfanalysis.recordings.captures import TOO_LATE
from perfanalysis.results import families, result_documents


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
    try:
        result = result_documents.parse(path.read_bytes())
    except MalformedError as error:
        raise InputError(str(path), "", f"a load-test result ({error})") from error
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    when = result.run["timestamp_seconds"]
    if when >= TOO_LATE:
        raise InputError(str(path), "timestamp_seconds", "Unix seconds", when)
    pairs = list(families.samples_of([result], None))
    return ImportedResult(when, result.kernel, pairs)
