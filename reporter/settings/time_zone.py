"""The time zone of a report: of its range, of the pattern of the week, and of its pages."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, tzinfo

from perfanalysis.errors import InputError

USUAL = "UTC"


def zone_of(name: str, where: str, field: str = "time_zone") -> tzinfo:
    """The zone of that name.

    Args:
        name: as in the database of the IANA, such as ``Europe/Berlin``.
        where: the file, variable or flag that holds it, for messages.
        field: its field, for messages.

    Raises:
        InputError: there is no such zone, or no database on this machine.
    """
    if name == USUAL:
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    expected = "a time zone such as Europe/Berlin"
    if not zoneinfo.available_timezones():
        expected += " (this machine has no database of zones: install tzdata, of pip or the system)"
    raise InputError(where, field, expected, name)
