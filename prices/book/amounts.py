"""How amounts and times stand in the book: exact, and each in one spelling. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from perfanalysis.errors import MalformedError

# A price of more digits is none; without a bound, 1e999999999 would be a gigabyte of zeros.
MOST_WHOLE_DIGITS = 20
MOST_DECIMALS = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def spelled(amount: Decimal) -> str:
    """The amount in digits, without exponent and zeros at the end: equal amounts are equal texts.

    Raises:
        MalformedError: it has more digits than a price has.
    """
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int):
        raise MalformedError(f"expected a number, found {amount}")
    if not amount:
        return "0"
    if amount.adjusted() >= MOST_WHOLE_DIGITS or exponent < -MOST_DECIMALS:
        expected = f"at most {MOST_WHOLE_DIGITS} digits before the point and {MOST_DECIMALS} behind"
        raise MalformedError(f"expected an amount of {expected} it")
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def microseconds(moment: datetime) -> int:
    """Whole microseconds from 1970 to a moment that has a zone."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds_: int) -> datetime:
    """The moment of that many microseconds, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds_)
