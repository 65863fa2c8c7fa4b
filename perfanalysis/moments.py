"""Moments that people write: Unix seconds, ISO 8601, relative to now, or a day by its word. Pure.

A day, a week and a month are those of a time zone's calendar: where the clocks change, a day has 23
or 25 hours, and ``now-7d`` is the same time of the day a week ago.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from perfanalysis.durations import SECONDS
from perfanalysis.errors import InputError

_RELATIVE = re.compile(r"now(?:-(\d{1,9}(?:\.\d{1,9})?)([smhdw]))?(?:/([hdw]))?", re.ASCII)
# Words for a whole day, week or month: how many of them ago.
PERIODS = {
    "today": ("day", 0),
    "yesterday": ("day", 1),
    "this week": ("week", 0),
    "last week": ("week", 1),
    "this month": ("month", 0),
    "last month": ("month", 1),
}
_CALENDAR_DAYS = {"d": 1, "w": 7}
# The end of the year 9999, the last that a date can be written of: later "seconds" are others.
_END_OF_TIME = 253402300800.0


def parse_time(  # noqa: PLR0913 - what is written and where, and whose clocks tell it
    text: str,
    where: str,
    field: str = "",
    *,
    now: float | None = None,
    zone: tzinfo = UTC,
    end: bool = False,
) -> float:
    """Read Unix seconds or ISO 8601; with ``now`` also ``now-6h``, ``now-7d/d``, ``yesterday``.

    ``/h``, ``/d`` and ``/w`` go back to the begin of that hour, day or week (Monday). ``today``,
    ``yesterday``, ``this week``, ``last week``, ``this month`` and ``last month`` are where these
    begin, or with ``end`` where they end, which is never after now.

    Args:
        text: the time as written; an ISO 8601 time without a zone is one of ``zone``.
        where: the flag, file or command line that holds it, for messages.
        field: its field, for messages.
        now: what ``now`` means, in Unix seconds; None where it means nothing.
        zone: whose days, weeks and hours are meant.
        end: whether the time ends a range.

    Returns:
        Unix seconds; from 1970 on where it is not relative to now.

    Raises:
        InputError: it is none of these, or the clocks of the zone never showed it.
    """
    words = " ".join(text.split())
    if now is not None and (match := _RELATIVE.fullmatch(words)):
        moment = _before(now, float(match[1]), match[2], zone) if match[1] else now
        return _begin(moment, match[3], zone) if match[3] else moment
    if now is not None and words.lower() in PERIODS:
        return _period(words.lower(), now, zone, end=end)
    seconds = _absolute(words, zone)
    if seconds is None or not 0 <= seconds < _END_OF_TIME:
        relative = "" if now is None else "now-6h, yesterday, "
        expected = f"a time such as {relative}2026-03-01T00:00:00Z or Unix seconds"
        raise InputError(where, field, expected, text)
    return seconds


def _before(now: float, count: float, unit: str, zone: tzinfo) -> float:
    """So many units before now; whole days and weeks are the calendar's."""
    if unit not in _CALENDAR_DAYS:
        return now - count * SECONDS[unit]
    days = count * _CALENDAR_DAYS[unit]
    whole = int(days)
    if not whole or not _datable(now - days * SECONDS["d"]):
        return now - days * SECONDS["d"]
    local = datetime.fromtimestamp(now, zone).replace(tzinfo=None) - timedelta(days=whole)
    # As many seconds as the clock says, and what a clock's microseconds leave out.
    shift = _instant(local, zone) - now + whole * SECONDS["d"]
    return now - days * SECONDS["d"] + round(shift)


def _begin(moment: float, unit: str, zone: tzinfo) -> float:
    """Where the hour, day or week (Monday) began that holds a moment."""
    if not _datable(moment):
        return moment
    local = datetime.fromtimestamp(moment, zone)
    if unit == "h":
        return local.replace(minute=0, second=0, microsecond=0).timestamp()
    day = local.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    return _instant(day - timedelta(days=day.weekday() if unit == "w" else 0), zone)


def _period(words: str, now: float, zone: tzinfo, *, end: bool) -> float:
    unit, ago = PERIODS[words]
    ago -= int(end)
    if ago < 0:
        return now
    today = datetime.fromtimestamp(now, zone).replace(
        tzinfo=None, hour=0, minute=0, second=0, microsecond=0
    )
    if unit == "month":
        months = today.year * 12 + today.month - 1 - ago
        return _instant(today.replace(year=months // 12, month=months % 12 + 1, day=1), zone)
    monday = today.weekday() if unit == "week" else 0
    return _instant(today - timedelta(days=monday + ago * (7 if unit == "week" else 1)), zone)


def _instant(local: datetime, zone: tzinfo) -> float:
    """Unix seconds of what the clocks show: the first of two, or where they went forward."""
    return local.replace(tzinfo=zone).timestamp()


def _datable(seconds: float) -> bool:
    """Whether a calendar has that day, and those around it."""
    return -62_000_000_000 < seconds < _END_OF_TIME


def _absolute(text: str, zone: tzinfo) -> float | None:
    # Dates first: eight digits are a day of today, and not seconds of the year 1970.
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            return moment.timestamp()
        seconds = moment.replace(tzinfo=zone).timestamp()
        shown = datetime.fromtimestamp(seconds, zone).replace(tzinfo=None)
        # Else the clocks never showed it: they went forward.
        return seconds if abs(shown - moment) < timedelta(seconds=1) else None
    except (ValueError, OverflowError):
        pass
    try:
        return float(text)
    except ValueError:
        return None
