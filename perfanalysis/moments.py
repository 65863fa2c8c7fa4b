"""Moments that people write: Unix seconds, ISO 8601, or relative to now. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from perfanalysis.durations import SECONDS
from perfanalysis.errors import InputError

_RELATIVE = re.compile(r"now(?:-(\d{1,9}(?:\.\d{1,9})?)([smhdw]))?(?:/([hdw]))?", re.ASCII)
_MONDAY = 4 * 86400.0  # the first one of Unix time
# The end of the year 9999, the last that a date can be written of: later "seconds" are others.
_END_OF_TIME = 253402300800.0


def parse_time(text: str, where: str, field: str = "", *, now: float | None = None) -> float:
    """Read Unix seconds or ISO 8601; with ``now`` also ``now``, ``now-6h``, ``now-7d/d``.

    ``/h``, ``/d`` and ``/w`` go back to the begin of that hour, day or week (Monday), in UTC.

    Args:
        text: the time as written; an ISO 8601 time without a zone is UTC.
        where: the flag, file or command line that holds it, for messages.
        field: its field, for messages.
        now: what ``now`` means, in Unix seconds; None where it means nothing.

    Returns:
        Unix seconds; from 1970 on where it is not relative to now.

    Raises:
        InputError: it is none of these.
    """
    words = text.strip()
    if now is not None and (match := _RELATIVE.fullmatch(words)):
        moment = now - (float(match[1]) * SECONDS[match[2]] if match[1] else 0.0)
        begin = _MONDAY if match[3] == "w" else 0.0
        return moment - ((moment - begin) % SECONDS[match[3]] if match[3] else 0.0)
    seconds = _absolute(words)
    if seconds is None or not 0 <= seconds < _END_OF_TIME:
        relative = "" if now is None else "now-6h, "
        expected = f"a time such as {relative}2026-03-01T00:00:00Z or Unix seconds"
        raise InputError(where, field, expected, text)
    return seconds


def _absolute(text: str) -> float | None:
    # Dates first: eight digits are a day of today, and not seconds of the year 1970.
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    try:
        return float(text)
    except ValueError:
        return None
