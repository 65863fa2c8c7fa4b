"""Recordings of /proc, read line by line: flat and nested captures, plain or gzip.

Flat: one JSON object a line with ``timestamp`` (Unix seconds), ``subsystem`` and ``measurement``
(the file's text). Nested: ``Measurement`` holds ``Timestamp`` (RFC 3339), ``System`` and
``Measurement``. All records of one tick follow each other.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from perfanalysis.errors import InputError

_GZIP = b"\x1f\x8b"
# Records that are further apart are of two ticks, also where none comes twice.
_TICK_SECONDS = 0.5
LONGEST_LINE = 64 * 1024 * 1024


class Tick(NamedTuple):
    """One look of a recording: its Unix time, and the text of each subsystem.

    ``line`` is where its first record stands.
    """

    time: float
    line: int
    texts: dict[str, bytes]


class _Record(NamedTuple):
    time: float
    subsystem: str
    text: str


def read(path: Path) -> Iterator[Tick]:
    """The ticks of a recording, one after the other.

    Raises:
        InputError: the file cannot be read, a line is no record, or it holds none at all.
    """
    time, first = 0.0, 0
    texts: dict[str, bytes] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        record = parse_line(line, f"{path}: line {number}")
        if texts and (record.subsystem in texts or abs(record.time - time) >= _TICK_SECONDS):
            yield Tick(time, first, texts)
            texts = {}
        if not texts:
            time, first = record.time, number
        texts[record.subsystem] = record.text.encode()
    if not texts:
        raise InputError(str(path), "", "records of a capture, one JSON object a line")
    yield Tick(time, first, texts)


def _lines(path: Path) -> Iterator[bytes]:
    number = 0
    try:
        with ExitStack() as stack:
            plain = stack.enter_context(path.open("rb"))
            packed = plain.peek(2).startswith(_GZIP)
            stream = stack.enter_context(gzip.open(plain)) if packed else plain
            while line := stream.readline(LONGEST_LINE):
                number += 1
                yield line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        where = f"{path}: line {number + 1}"
        raise InputError(where, "", f"a whole gzip file ({error})") from error
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error


def parse_line(line: bytes, where: str) -> _Record:
    """Read one record, flat or nested.

    Raises:
        InputError: it is none; ``where`` is the place to name.
    """
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(where, "", f"a JSON object ({error})") from error
    if not isinstance(found, dict):
        raise InputError(where, "", "a JSON object", type(found).__name__)
    inner = found.get("Measurement")
    if isinstance(inner, dict):
        names = ("Measurement.Timestamp", "Measurement.System", "Measurement.Measurement")
        values = (inner.get("Timestamp"), inner.get("System"), inner.get("Measurement"))
    else:
        names = ("timestamp", "subsystem", "measurement")
        values = (found.get("timestamp"), found.get("subsystem"), found.get("measurement"))
    time = _time(values[0], where, names[0])
    for name, value in zip(names[1:], values[1:], strict=True):
        if not isinstance(value, str):
            raise InputError(where, name, "a text", value)
    return _Record(time, str(values[1]), str(values[2]))


def _time(value: Any, where: str, field: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11:
        return float(value)
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except ValueError:
            pass
    raise InputError(where, field, "Unix seconds or an RFC 3339 time", value)
