"""How moments, rates and the like are shown. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

UNKNOWN = "unknown"
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def moment(value: datetime | None) -> str:
    """In UTC to the minute; the browser shows its own time besides."""
    return UNKNOWN if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def rate(value: float | None) -> str:
    """Three or four significant digits, with a prefix for thousands."""
    if value is None:
        return UNKNOWN
    for factor, prefix in _PREFIXES:
        if abs(value) >= factor:
            return f"{value / factor:.4g} {prefix}"
    return f"{value:.4g}"


def interval(lower: float | None, upper: float | None) -> str:
    """Both bounds; none: it was not given."""
    return "no interval" if lower is None or upper is None else f"{rate(lower)} to {rate(upper)}"


def percent(value: float | None) -> str:
    """Of a ratio."""
    return UNKNOWN if value is None else f"{100 * value:.1f} %"


def signed(value: float | None) -> str:
    """A difference in percent."""
    return UNKNOWN if value is None else f"{value:+.1f} %"


def memory(value: int | None) -> str:
    """Bytes in GiB."""
    return UNKNOWN if value is None else f"{value / 2**30:.4g} GiB"


def seconds(value: float | None) -> str:
    """A duration."""
    if value is None:
        return UNKNOWN
    return f"{value:.3g} s" if value < 120 else f"{value / 60:.3g} min"


def known(value: object) -> str:
    """The value, or that it is unknown."""
    return UNKNOWN if value is None or value == "" else str(value)


def words(value: object) -> str:
    """A name such as ``on_demand``, as people write it."""
    return str(value).replace("_", " ")


def digits(value: Decimal) -> str:
    """An amount, exactly, and without an exponent."""
    return format(value, "f")


def age(value: datetime, now: datetime) -> str:
    """How long ago it was, in days."""
    days = (now - value).days
    return "today" if days < 1 else f"{days} day{'s' if days > 1 else ''} ago"


def hours(value: Decimal) -> str:
    """A duration in seconds, to a hundredth of an hour; a short one in minutes or seconds."""
    found = value / 3600
    if found == int(found):
        return f"{found:,.0f} h"
    return f"{found:,.2f} h" if found >= 1 else seconds(float(value))


def money(value: Decimal) -> str:
    """A sum to the hundredth, one below 1 to four significant digits."""
    if not value or value >= 1:
        return f"{value:,.2f}"
    return format(value.quantize(Decimal(1).scaleb(value.adjusted() - 3)), "f")


FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment,
    "rate": rate,
    "interval": interval,
    "percent": percent,
    "signed": signed,
    "memory": memory,
    "seconds": seconds,
    "known": known,
    "words": words,
    "digits": digits,
    "age": age,
    "hours": hours,
    "money": money,
}
