"""Sizes that the kernel's storage code writes for people: ``1.5k``, ``-12M``, ``0``."""

from __future__ import annotations

import re

from exporter.sources.errors import CollectorError
from exporter.sources.tokens import shown

_QUANTITY = re.compile(rb"(-?)([0-9]{1,20})(?:\.([0-9]{1,9}))?([kKMmGgTtPpEe]?)")
_POWERS = {unit: 1024**i for i, unit in enumerate((b"", b"k", b"m", b"g", b"t", b"p", b"e"))}
_TENTHS_OF_BCACHE = 10.24


def quantity(token: bytes, source: str) -> int:
    """The whole number of a size with a decimal fraction and a unit of 1024's powers.

    Raises:
        CollectorError: it is none.
    """
    sign, whole, fraction, unit = _parts(token, source)
    number = float(b"%b.%b" % (whole, fraction)) if fraction else int(whole)
    return int(number * _POWERS[unit]) * sign


def bcache_quantity(token: bytes, source: str) -> int:
    """The same as bcache writes it (bch_hprint()): its fraction is of 1024, not of 10.

    Behind the point stands remainder / 100, so that 10 comes after 9.

    Raises:
        CollectorError: it is none.
    """
    sign, whole, fraction, unit = _parts(token, source)
    number: float = int(whole)
    if fraction:
        number += int(fraction) / _TENTHS_OF_BCACHE
    return int(number * _POWERS[unit]) * sign


def _parts(token: bytes, source: str) -> tuple[int, bytes, bytes, bytes]:
    match = _QUANTITY.fullmatch(token.strip())
    if match is None:
        raise CollectorError(f"{source}: expected a size, found {shown(token)}")
    return (-1 if match[1] else 1), match[2], match[3] or b"", match[4].lower()
