"""Times of dool and dstat: local, and without a year, which the heading's date tells."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from importing.monitors.file import Hints, LocalClock
from perfanalysis.errors import InputError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# ``30 Nov 2026 19:19:42 UTC``
_DATE = re.compile(r"[0-9]{1,2} \S+ ([0-9]{4}) [0-9:]{8} ?(\S*)")
# dool: ``Nov-30 19:19:42``; dstat: ``30-11 19:19:42``.
_DOOL = re.compile(r"([A-Z][a-z]{2})-([0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})")
_DSTAT = re.compile(r"([0-9]{2})-([0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})")
_UTC_NAMES = ("UTC", "GMT")


class DstatClock:
    """Times of a file's rows, in its order.

    Args:
        hints: year and time zone that were given.
    """

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._year = hints.year
        self._month = 0
        self._clock = LocalClock(hints)

    def begin(self, date: str) -> None:
        """A run of the program begins at this date, as its heading has it."""
        found = _DATE.fullmatch(date)
        self._month = 0
        self._year = self._hints.year or (int(found[1]) if found else None)
        if found and found[2] in _UTC_NAMES and self._hints.timezone is None:
            self._clock = LocalClock(replace(self._hints, timezone=ZoneInfo("UTC")))

    def check(self, where: str) -> None:
        """See that the times of a run can be told.

        Raises:
            InputError: its year or its time zone is not known.
        """
        if self._year is None:
            expected = "a heading with Date, or --year: `-t` prints none"
            raise InputError(where, "time", expected)
        self._clock.seconds(datetime(self._year, 1, 1), where, "time")  # noqa: DTZ001 - local
        self._clock = LocalClock(self._clock.hints)

    def seconds(self, text: str, where: str) -> float:
        """Unix seconds of a row's time.

        Raises:
            InputError: it is none.
        """
        if found := _DOOL.fullmatch(text):
            month = MONTHS.index(found[1]) + 1 if found[1] in MONTHS else 0
            day = int(found[2])
        elif found := _DSTAT.fullmatch(text):
            month, day = int(found[2]), int(found[1])
        else:
            expected = "a time such as Nov-30 19:19:42 (dool) or 30-11 19:19:42 (dstat)"
            raise InputError(where, "time", expected, text)
        # From December to January.
        year = (self._year or 0) + (1 if month < self._month else 0)
        try:
            moment = datetime.fromisoformat(f"{year:04}-{month:02}-{day:02} {found[3]}")
        except ValueError as error:
            raise InputError(where, "time", f"a day and time ({error})", text) from None
        self._year, self._month = year, month
        return self._clock.seconds(moment, where, "time")
