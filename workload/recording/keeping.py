"""``--keep``: how much of a recording stays on the disk, in bytes or in time. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError

# A recording that is kept within limits is so many files: the oldest goes as a whole.
PIECES = 8
FEWEST_BYTES = 8 << 20
FEWEST_SECONDS = 600.0
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s?([kMGT]i?)?B", re.ASCII)
_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_UNITS |= {"ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}


class Keep(NamedTuple):
    """What is kept: bytes at most, or seconds at least."""

    bytes: int | None = None
    seconds: float | None = None

    def is_full(self, size: int, seconds: float) -> bool:
        """Whether a file of that size, begun so many seconds ago, is to be followed by another."""
        if self.bytes is not None:
            return size >= self.bytes // PIECES
        return self.seconds is not None and seconds >= self.seconds / PIECES


def parse_keep(text: str, where: str) -> Keep:
    """Read ``500MB``, ``2GiB``, ``36h`` or ``30d``.

    Args:
        text: as it was written.
        where: the flag, for messages.

    Raises:
        InputError: it is none of these, or less than is of use.
    """
    if match := _SIZE.fullmatch(text):
        size = int(float(match[1]) * _UNITS[match[2] or ""])
        if size >= FEWEST_BYTES:
            return Keep(bytes=size)
    seconds = parse_duration(text, bare=False)
    if seconds is not None and seconds >= FEWEST_SECONDS:
        return Keep(seconds=seconds)
    raise InputError(where, "", "a size from 8MiB (500MB) or a time from 10m (36h, 30d)", text)
