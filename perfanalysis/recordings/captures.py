"""Recordings of /proc, read line by line: flat and nested captures, plain or gzip.

Flat: one JSON object a line with ``timestamp`` (Unix seconds), ``subsystem`` and ``measurement``
(the file's text). Nested: ``Measurement`` holds ``Timestamp`` (RFC 3339), ``System`` and
``Measurement``. All records of one tick follow each other.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from perfanalysis import json_faults
from perfanalysis.errors import InputError

_GZIP = b"\x1f\x8b"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What reading a gzip file ends with where it was cut off or damaged.
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)
# Records that are further apart are of two ticks, also where none comes twice.
_TICK_SECONDS = 0.5
_UTF_8 = "UTF-8 (such as by `iconv -f UTF-16 -t UTF-8`)"
LONGEST_LINE = 64 * 1024 * 1024
# Unix seconds of the year 5138: what is more is milliseconds, or no time at all.
TOO_LATE = 1e11


# What to do about a line that is no record.
Refuse = Callable[[InputError], None]


@dataclass(slots=True)
class Tick:
    """One look of a recording: its Unix time, and the text of each subsystem.

    ``line`` is where its first record stands, ``lines`` where each subsystem's does.
    """

    time: float
    line: int
    texts: dict[str, bytes] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def takes(self, record: _Record) -> bool:
        """Whether a record is of this look, too."""
        return record.subsystem not in self.texts and abs(record.time - self.time) < _TICK_SECONDS


class _Record(NamedTuple):
    time: float
    subsystem: str
    text: str
    host: str


class _FlatLine(msgspec.Struct, forbid_unknown_fields=True):
    """A line as nearly all are; what else one may be is for ``parse_line`` to say."""

    timestamp: float
    subsystem: str
    measurement: str


_FLAT = msgspec.json.Decoder(_FlatLine)
_ONE_MACHINE = "one machine"


class Reading:
    """How far a recording has been read.

    Attributes:
        file: the recording as it is stored, while it is read.
    """

    def __init__(self) -> None:
        self.file: IO[bytes] | None = None
        self._bytes_read = 0

    @property
    def bytes_read(self) -> int:
        """Bytes of its file as it is stored."""
        if self.file is not None:
            # Asked now and then: the position costs a system call.
            self._bytes_read = self.file.tell()
        return self._bytes_read

    @bytes_read.setter
    def bytes_read(self, count: int) -> None:
        self._bytes_read = count


def read(
    path: Path, refuse: Refuse | None = None, reading: Reading | None = None
) -> Iterator[Tick]:
    """The ticks of a recording, one after the other.

    Args:
        path: of its file.
        refuse: told of each line that is no record, which is then left out; so is all that stands
            behind a broken place of a gzip file. Without it, such a line ends the reading.
        reading: kept up to date.

    Raises:
        InputError: the file cannot be read, a line is no record, or it holds none at all.
    """
    host: str | None = None
    tick: Tick | None = None
    refuse = refuse or _raise
    for number, line in enumerate(lines(path, refuse, reading or Reading()), 1):
        if not line.strip():
            continue
        try:
            record = plain_line(line) or parse_line(line, f"{path}: line {number}")
            host = host or record.host
            if record.host != host:
                where = f"{path}: line {number}"
                raise InputError(where, "", f"a record of {host}, as above", record.host)
        except InputError as error:
            refuse(error)
            continue
        if tick is None or not tick.takes(record):
            if tick is not None:
                yield tick
            tick = Tick(record.time, number)
        tick.texts[record.subsystem] = record.text.encode(errors="replace")
        tick.lines[record.subsystem] = number
    if tick is None:
        raise InputError(str(path), "", "records of a capture, one JSON object a line")
    yield tick


def _raise(error: InputError) -> None:
    raise error


@contextmanager
def opened(path: Path) -> Iterator[tuple[BufferedReader, BufferedReader | gzip.GzipFile]]:
    """A file as it is stored, and its text: unpacked where it is gzip, by its first bytes.

    A byte order mark, which other systems put before UTF-8, is no part of the text.

    Raises:
        InputError: it cannot be opened or read, is UTF-16, or is gzip that is broken where it is
            read.
    """
    try:
        with ExitStack() as stack:
            plain = stack.enter_context(path.open("rb"))
            packed = plain.peek(2).startswith(_GZIP)
            text = stack.enter_context(gzip.open(plain)) if packed else plain
            begins = text.peek(3)[:3]
            if begins == codecs.BOM_UTF8:
                text.read(3)
            if begins.startswith(_UTF_16):
                raise InputError(str(path), "", _UTF_8, "UTF-16")
            yield plain, text
    except _BROKEN as error:
        raise InputError(str(path), "", f"a whole gzip file ({error})") from error
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error


def lines(path: Path, refuse: Refuse, reading: Reading) -> Iterator[bytes]:
    """The lines of a file; a broken place of a gzip file is refused, and ends them.

    Raises:
        InputError: the file cannot be read.
    """
    number = 0
    with opened(path) as (plain, text):
        reading.file = plain
        try:
            while line := text.readline(LONGEST_LINE):
                number += 1
                yield line
        except _BROKEN as error:
            where = f"{path}: line {number + 1}"
            refuse(InputError(where, "", f"a whole gzip file ({error})"))
        finally:
            reading.bytes_read = plain.tell()
            reading.file = None


def plain_line(line: bytes) -> _Record | None:
    """A flat record of nothing but what belongs there; None when it has to be looked at closely."""
    # What is ASCII is read alike by both parsers, where both read it.
    if not line.isascii():
        return None
    try:
        found = _FLAT.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not 0 <= found.timestamp < TOO_LATE:
        return None
    return _Record(found.timestamp, found.subsystem, found.measurement, _ONE_MACHINE)


def parse_line(line: bytes, where: str) -> _Record:
    """Read one record, flat or nested.

    Raises:
        InputError: it is none; ``where`` is the place to name.
    """
    found = json_faults.parse(line, where, "a JSON object")
    if not isinstance(found, dict):
        raise InputError(where, "", "a JSON object", found)
    inner = found.get("Measurement")
    if isinstance(inner, dict):
        host = f"site {found.get('Site')}, host {found.get('Host')}"
        names = ("Measurement.Timestamp", "Measurement.System", "Measurement.Measurement")
        values = (inner.get("Timestamp"), inner.get("System"), inner.get("Measurement"))
    else:
        host = _ONE_MACHINE
        names = ("timestamp", "subsystem", "measurement")
        values = (found.get("timestamp"), found.get("subsystem"), found.get("measurement"))
    time = _time(values[0], where, names[0])
    for name, value in zip(names[1:], values[1:], strict=True):
        if not isinstance(value, str):
            raise InputError(where, name, "a text", value)
    return _Record(time, str(values[1]), str(values[2]), host)


def _time(value: Any, where: str, field: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < TOO_LATE:
        return float(value)
    if isinstance(value, str):
        try:
            when = datetime.fromisoformat(value)
            seconds = when.replace(tzinfo=when.tzinfo or UTC).timestamp()
        except (ValueError, OverflowError):
            seconds = -1.0
        if seconds >= 0:
            return seconds
    raise InputError(where, field, "Unix seconds or an RFC 3339 time", value)
