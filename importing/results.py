"""Result documents of load tests, as the exporter shows them, at the end of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.machines.identity import Identity
from perfanalysis.recordings.captures import TOO_LATE, opened
from perfanalysis.results import conditions, families, reading
from perfanalysis.results.document import Document


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


class ToldOwner(NamedTuple):
    """Whose result a document says that it is: what it does not tell is empty.

    Attributes:
        identity: name, provider, region, zone and instance type.
        hostname: of the machine's own kernel, which need not be its name.
    """

    identity: Identity
    hostname: str


def owner(path: Path) -> ToldOwner:
    """Whose result a file is, by its own words.

    Raises:
        InputError: it is no result, or cannot be read.
    """
    machine = _document(path).machine
    told = Identity(
        name=machine.name or "",
        provider=machine.provider or "",
        region=machine.region or "",
        zone=machine.zone or "",
        instance_type=machine.instance_type or "",
    )
    return ToldOwner(told, machine.hostname or "")


def _document(path: Path) -> Document:
    with opened(path) as (_, stream):
        data = stream.read()
    try:
        return reading.parse(data, str(path))
    except InputError as error:
        expected = f"{error.expected}, in a load-test result"
        raise InputError(str(path), error.field, expected, error.found) from error


def read(path: Path) -> ImportedResult:
    """Read a result document.

    Raises:
        InputError: it is none, or cannot be read.
    """
    document = _document(path)
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
