"""Read a dump of the old portal: Django's JSON fixtures (a list, or an object a line), or CSV.

Of each record only the columns that are known are kept: what else stands there, such as the hash of
a password, does not get further than this.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfanalysis import json_faults
from perfanalysis.errors import InputError
from portal.moving.old_tables import KEYS, MODELS, OldKind, kind_of, read_columns

MOST_BYTES = 1 << 30
# A file of a fixture ends so; what else is there is CSV.
_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class OldRecord:
    """A record.

    Attributes:
        model: its model or table, as the dump calls it.
        kind: what it is; None: its table does not move.
        key: its primary key, as text.
        fields: those of its columns that are read.
        where: file and record, for people.
    """

    model: str
    kind: OldKind | None
    key: str
    fields: Mapping[str, Any]
    where: str


def read_dump(path: Path) -> list[OldRecord]:
    """The records of a file.

    Raises:
        InputError: it cannot be read, or is no dump.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    if len(data) > MOST_BYTES:
        expected = f"at most {MOST_BYTES >> 30} GiB (dump no tables of time series)"
        raise InputError(str(path), "", expected)
    if path.suffix.lower() == ".csv":
        return list(_csv(data, path))
    if path.suffix.lower() in _LINES:
        return list(_json_lines(data, path))
    found = json_faults.parse(data, str(path), "Django's JSON fixtures, or CSV named *.csv")
    if not isinstance(found, list):
        raise InputError(str(path), "", "a list of records with model, pk and fields", found)
    return [_fixture(entry, path, f"[{number}]") for number, entry in enumerate(found)]


def _json_lines(data: bytes, path: Path) -> Iterator[OldRecord]:
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            place = f"line {number}"
            yield _fixture(json_faults.parse(line, str(path), "a record", place), path, place)


def _fixture(entry: Any, path: Path, place: str) -> OldRecord:
    if not isinstance(entry, dict) or not isinstance(entry.get("fields"), dict):
        raise InputError(str(path), place, "an object of model, pk and fields")
    model = entry.get("model")
    if not isinstance(model, str):
        raise InputError(str(path), f"{place}.model", "the name of a model")
    return _record(model, entry.get("pk"), entry["fields"], path, place)


def _csv(data: bytes, path: Path) -> Iterator[OldRecord]:
    """A table: its name is the file's, without what stands before a dash (SCHEMA-TABLE.csv)."""
    model = path.stem.rpartition("-")[2]
    if kind_of(model) is None:
        tables = ", ".join(sorted(name.replace(".", "_") for name in MODELS))
        raise InputError(str(path), "", f"a file called like a table that moves ({tables})")
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        key = next((name for name in KEYS if name in (reader.fieldnames or ())), None)
        if key is None:
            raise InputError(str(path), "", "a first line of columns, one of them 'id'")
        for row in reader:
            place = f"line {reader.line_num}"
            if None in row or None in row.values():
                raise InputError(str(path), place, "as many values as there are columns")
            yield _record(model, row[key], row, path, place)
    except UnicodeDecodeError as error:
        raise InputError(str(path), "", "a CSV file in UTF-8") from error
    except csv.Error as error:
        raise InputError(str(path), "", f"a CSV file ({error})") from error


def _record(model: str, key: Any, fields: Mapping[str, Any], path: Path, place: str) -> OldRecord:
    if isinstance(key, bool) or not isinstance(key, int | str) or key == "":
        raise InputError(str(path), f"{place}.pk", "the record's key")
    kind = kind_of(model)
    read = read_columns(kind) if kind is not None else frozenset()
    kept = {name: value for name, value in fields.items() if name in read}
    return OldRecord(model, kind, str(key), kept, f"{path.name}: {model} {_short(str(key))}")


def _short(key: str) -> str:
    return json.dumps(key[:64])
