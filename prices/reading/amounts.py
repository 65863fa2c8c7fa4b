"""Amounts and times as files have them, as decimals and in UTC. Pure.

A decimal of a file is kept to its last digit. Only where a division is made (a fee at the begin, by
the hours of its term) the result is rounded, half to even, to ten places: providers state prices of
an hour with at most ten.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

from perfanalysis.errors import InputError, MalformedError

PLACES = Decimal("1E-10")
HOURS_PER_YEAR = 8760
# A dozen months are a year of 365 days, as providers reckon it.
HOURS_PER_MONTH = 730
_NUMBER = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
# Wide enough that no sum or product of two amounts is rounded.
_EXACT = Context(prec=200)


def decimal_of(value: object) -> Decimal:
    """An amount.

    Args:
        value: text, or a number of JSON that was read as an integer or a decimal; never a float.

    Raises:
        MalformedError: it is none, or below zero.
    """
    text = str(value).strip()
    if isinstance(value, bool | float) or not _NUMBER.fullmatch(text):
        raise MalformedError(f"expected an amount such as 0.096, found {str(value)[:60]!r}")
    amount = Decimal(text)
    if amount < 0:
        raise MalformedError(f"expected an amount of 0 or more, found {text}")
    return amount


def text_of(value: object) -> str:
    """A name, such as that of a region.

    Raises:
        MalformedError: it is no text, or there is nothing in it.
    """
    if not isinstance(value, str) or not value.strip():
        raise MalformedError(f"expected a name, found {str(value)[:60]!r}")
    return value


def per_hour(total: Decimal, hours: Decimal | int) -> Decimal:
    """What each of so many hours costs of a total; rounded to ten places."""
    return _EXACT.divide(total, Decimal(hours)).quantize(
        PLACES, rounding=ROUND_HALF_EVEN, context=_EXACT
    )


def product(amount: Decimal, count: Decimal) -> Decimal:
    """So many times an amount; exact."""
    return _EXACT.multiply(amount, count)


def total(first: Decimal, second: Decimal) -> Decimal:
    """Both together; exact."""
    return _EXACT.add(first, second)


def term_hours(months: int) -> int:
    """The hours of a commitment, by years of 365 days."""
    return months * HOURS_PER_MONTH


def moment(value: object) -> datetime:
    """A time in UTC; without a zone it is one of UTC, a day alone is its midnight.

    Raises:
        MalformedError: it is no time of ISO 8601.
    """
    try:
        found = datetime.fromisoformat(str(value).strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        expected = "expected a time such as 2026-01-01T00:00:00Z"
        raise MalformedError(f"{expected}, found {str(value)[:60]!r}") from error


def refused(where: str, place: str, error: MalformedError) -> InputError:
    """What could not be understood, with its file and place."""
    return InputError(where, place, str(error).removeprefix("expected "))
