"""What stands in a field: numbers, times, the words for nothing. Pure.

Each text is read once and kept: a bill of a million rows has a few thousand of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact
from typing import TypeVar

NOTHING = frozenset({"", "NULL", "null", "Null", "None", "N/A"})
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?", re.ASCII)
_MOST_KEPT = 100_000
# Sums are exact: any number of numbers as above fits, and what would not is an error.
EXACT = Context(prec=400, traps=[Inexact])


Value = TypeVar("Value")
# A number, and whether it has a part behind the point.
Amount = tuple[Decimal, bool]


class Kept(dict[str, Value]):
    """The answers of a pure function of a text, but never too many of them."""

    def __init__(self, function: Callable[[str], Value]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> Value:
        if len(self) >= _MOST_KEPT:
            self.clear()
        value = self[text] = self._function(text)
        return value


def amount_of(text: str) -> Amount | None:
    """The number, and whether it has a part behind the point; None: it is none."""
    value = number(text)
    return None if value is None else (value, not whole(value))


def number(text: str) -> Decimal | None:
    """The decimal number; None: it is none."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def whole(value: Decimal) -> bool:
    """Whether it has no part behind the point."""
    return value == value.to_integral_value()


def month_of(text: str) -> tuple[datetime, bool] | None:
    """When the month began, in UTC, that a time is in, and whether the time has a zone.

    FOCUS has times in UTC: one without a zone is taken for that. None: it is no time.
    """
    time = _time(text)
    if time is None:
        return None
    moment, zoned = time
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0), zoned


def day_of(text: str) -> tuple[datetime, bool] | None:
    """The same for the day in UTC."""
    time = _time(text)
    if time is None:
        return None
    moment, zoned = time
    return moment.replace(hour=0, minute=0, second=0, microsecond=0), zoned


def _time(text: str) -> tuple[datetime, bool] | None:
    try:
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC), text.endswith(" UTC")
        return moment.astimezone(UTC), True
    except (ValueError, OverflowError):
        return None
