"""System calls and page faults: kernels/system.c."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cffi_burn.splitmix64 import MASK

ROUNDS_PER_GRAIN = 64
PAGES_PER_GRAIN = 32


def checksum(grains: int, memory_bytes: int, numbers_per_grain: int) -> int:
    """The sum of all numbers from 1 on."""
    del memory_bytes
    return sum(range(1, grains * numbers_per_grain + 1)) & MASK


CHECKSUMS: dict[str, Callable[[int, int], int]] = {
    "system_call": partial(checksum, numbers_per_grain=ROUNDS_PER_GRAIN),
    "system_fault": partial(checksum, numbers_per_grain=PAGES_PER_GRAIN),
}
