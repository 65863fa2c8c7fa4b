"""A monitor's file as its reader gets it, and what people say of it."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from perfanalysis import json_faults
from perfanalysis.errors import InputError
from perfanalysis.recordings.captures import Reading, lines, opened

_MOMENT_LETTERS = len("2026-01-31 23:59:59")


@dataclass(frozen=True)
class Hints:
    """What files do not say of themselves.

    Attributes:
        timezone: of local times without an offset.
        year: of dates that have none.
        statistic: of CloudWatch's values whose labels do not name it.
        memory_bytes: how much memory the machine has.
    """

    timezone: ZoneInfo | None = None
    year: int | None = None
    statistic: str = ""
    memory_bytes: int | None = None


NO_HINTS = Hints()


@dataclass
class MonitorFile:
    """One file.

    Attributes:
        path: of the file, plain or gzip.
        hints: what people say of it.
        cpus: how many CPUs the machine has, where that is known elsewhere.
        refuse: told of each record that cannot be read, which is then left out.
        say: prints a line.
        reading: kept up to date.
    """

    path: Path
    hints: Hints
    cpus: int | None
    refuse: Callable[[InputError], None]
    say: Callable[[str], None]
    reading: Reading
    _left_out: InputError | None = None
    _bytes: int = 0

    def leave_out(self, error: InputError) -> None:
        """Leave out a record that cannot be read."""
        self._left_out = self._left_out or error
        self.refuse(error)

    def at(self, place: str) -> str:
        """A place of the file, for errors."""
        return f"{self.path}: {place}"

    def whole(self) -> bytes:
        """All of its text.

        Raises:
            InputError: it cannot be read, or is cut off.
        """
        with opened(self.path) as (plain, text):
            data = text.read()
            self._bytes = plain.tell()
        return data

    def reached(self, share: float) -> None:
        """So much of what ``whole`` read has been gone through, 0 to 1."""
        self.reading.bytes_read = round(share * self._bytes)

    def document(self, data: bytes, expected: str) -> Any:
        """Its text as JSON.

        Raises:
            InputError: it is none, or breaks off; the error names line and column.
        """
        return json_faults.parse(data, str(self.path), f"{expected}, whole")

    def lines(self) -> Iterator[tuple[int, str]]:
        """Its lines that hold anything, and their numbers; a gzip file that is cut off: refused."""
        for number, line in enumerate(lines(self.path, self.leave_out, self.reading), 1):
            text = line.decode("utf-8", "replace").strip("\r\n")
            if text.strip():
                yield number, text

    def nothing(self, expected: str) -> InputError:
        """That it holds no interval; where a record was left out, why that was."""
        if self._left_out:
            return self._left_out
        return InputError(str(self.path), "", expected, "none")


def cells_of(line: str) -> list[str]:
    """The cells of a line of CSV."""
    return [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True), [])]


def number(value: Any, where: str, field: str) -> float:
    """A number of at least 0, written as one or as text.

    Raises:
        InputError: it is none.
    """
    try:
        found = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if isinstance(value, bool) or not (math.isfinite(found) and found >= 0):
        raise InputError(where, field, "a number of at least 0", value)
    return found


def moment_of(text: str, where: str, field: str = "") -> datetime:
    """A date and time such as ``2026-01-31 23:59:59``, with an offset or without; never cut off.

    Raises:
        InputError: it is none.
    """
    try:
        if len(text) < _MOMENT_LETTERS:
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except ValueError:
        expected = "a date and time such as 2026-01-31 23:59:59"
        raise InputError(where, field, expected, text) from None


class LocalClock:
    """Times of a file that are local, in the order of the file.

    Args:
        hints: has the time zone.

    Attributes:
        hints: the same.
    """

    def __init__(self, hints: Hints) -> None:
        self.hints = hints
        self._zone = hints.timezone
        self._last = 0.0

    def seconds(self, moment: datetime, where: str, field: str = "") -> float:
        """Unix seconds of a moment: by its own offset, else by the time zone that was given.

        The hour that comes twice in autumn is told apart by the times before.

        Raises:
            InputError: it has no offset, and no time zone was given.
        """
        if moment.tzinfo is not None:
            return moment.timestamp()
        if self._zone is None:
            expected = (
                "a time with its offset, or --time-zone (such as Europe/Berlin, or UTC), which "
                "says where it is local"
            )
            raise InputError(where, field, expected, moment.isoformat(" "))
        found = moment.replace(tzinfo=self._zone).timestamp()
        later = moment.replace(tzinfo=self._zone, fold=1).timestamp()
        if found <= self._last < later:
            found = later
        self._last = max(self._last, found)
        return found
