"""The numbers of the labels ``le`` and ``quantile``, as each format spells them. Pure."""

from __future__ import annotations

import math

# Go's strconv writes an exponent from this power of ten on, and below that one.
_LARGE, _SMALL = 6, -4


def shortest(value: float) -> str:
    """A number as Go writes a bound in the text format: ``1``, ``0.005``, ``1e+06``, ``+Inf``."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    significant = (whole + fraction).lstrip("0").rstrip("0")
    # The power of ten of the first digit.
    zeros = len(whole + fraction) - len((whole + fraction).lstrip("0"))
    power = len(whole) - 1 - zeros + int(exponent or 0)
    sign = "-" if value < 0 else ""
    if power < _SMALL or power >= _LARGE:
        rest = f".{significant[1:]}" if len(significant) > 1 else ""
        return f"{sign}{significant[0]}{rest}e{'-' if power < 0 else '+'}{abs(power):02}"
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{significant}"
    digits = significant.ljust(power + 1, "0")
    rest = f".{digits[power + 1 :]}" if len(digits) > power + 1 else ""
    return f"{sign}{digits[: power + 1]}{rest}"


def in_openmetrics(text: str) -> str:
    """What ``shortest`` gave as OpenMetrics has it: whole numbers with ``.0``."""
    return text if "Inf" in text or "." in text or "e" in text else f"{text}.0"
