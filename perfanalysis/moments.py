"""Moments that people write: seconds since 1970, or ISO 8601. Pure."""

from __future__ import annotations

import datetime

from perfanalysis.errors import InputError


def parse_time(text: str, where: str) -> float:
    """Read a moment: seconds since 1970, or ISO 8601, UTC when no zone is named.

    Args:
        text: such as 1767225600, 2026-01-15 or 2026-01-15T12:00:00+01:00.
        where: the flag, for messages.

    Returns:
        Seconds since 1970, above 0.

    Raises:
        InputError: it is neither.
    """
    expected = "seconds since 1970 or a date such as 2026-01-15T12:00:00Z"
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        seconds = moment.timestamp()
    except ValueError:
        try:
            seconds = float(text)
        except ValueError:
            raise InputError(where, "", expected, text) from None
    if not 0 < seconds < 1e11:
        raise InputError(where, "", expected, text)
    return seconds
