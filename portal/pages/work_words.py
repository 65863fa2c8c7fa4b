"""Shares, bounds, money and times of predictions and plans in words; unknown is a dash. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from portal.predictions.document_forms import WorkBand

DASH = "\N{EN DASH}"
# Exponents beyond these are shown as they came: written out they would fill a page.
_SMALLEST, _LARGEST = -12, 15


def share(value: float | None) -> str:
    """Of a ratio, in percent."""
    if value is None:
        return DASH
    percent = 100 * value
    # Of a small share the size matters, as of a risk.
    return f"{percent:.2g} %" if 0 < abs(percent) < 1 else f"{percent:.0f} %"


def band(found: WorkBand | None) -> str:
    """A share with its bounds, with as many digits as tell them apart."""
    if found is None:
        return DASH
    if found.lower is None or found.upper is None:
        return f"{share(found.value)}, no interval"
    if found.lower == found.upper:
        return share(found.value)
    bounds = 100 * found.lower, 100 * found.upper
    apart = (n for n in range(3) if f"{bounds[0]:.{n}f}" != f"{bounds[1]:.{n}f}")
    places = next(apart, None)
    if places is None:
        return f"{share(found.value)} ({bounds[0]:.2g} to {bounds[1]:.2g})"
    return f"{100 * found.value:.{places}f} % ({bounds[0]:.{places}f} to {bounds[1]:.{places}f})"


def count(found: WorkBand | None) -> str:
    """How many machines: the most that may be needed, after the least."""
    if found is None:
        return DASH
    upper = found.value if found.upper is None else found.upper
    lower = found.value if found.lower is None else found.lower
    return f"{upper:.0f}" if lower == upper else f"{lower:.0f} to {upper:.0f}"


def money(amount: str | None, currency: str | None, places: int | None = None) -> str:
    """An amount; with so many places, or all that it has."""
    value = exact(amount)
    if amount is None or value is None:
        return DASH
    if not _SMALLEST <= value.adjusted() <= _LARGEST:
        text = amount
    elif places is None:
        text = f"{value:f}"
    else:
        text = f"{value:.{places}f}"
    return f"{text} {currency}" if currency else text


def exact(amount: str | None) -> Decimal | None:
    """The number of an amount; None: there is none."""
    try:
        return None if amount is None else Decimal(amount)
    except InvalidOperation:
        return None


def moment(seconds: float | None) -> str:
    """Of the clock, in UTC."""
    if seconds is None:
        return DASH
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def duration(seconds: float | None) -> str:
    """In the largest unit of which it has two."""
    if seconds is None:
        return DASH
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def percentile(word: str | None) -> str:
    """Such as ``99.5th percentile`` of ``p99.5``."""
    if word is None:
        return DASH
    return "maximum" if word == "max" else f"{word.removeprefix('p')}th percentile"
