"""Dependent loads: kernels/memlat.c."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cffi_burn.splitmix64 import MASK, splitmix64

LINE_BYTES = 64
LOADS_PER_CALL = 128
CALLS_PER_GRAIN = {
    "memlat": 1,
    "memlat_16k": 64,
    "memlat_1m": 16,
    "memlat_8m": 4,
    "memlat_64m": 2,
    "memlat_256m": 2,
}
# 1,024 lines.
SMALL_MEMORY_BYTES = 65_536


def cycle(lines: int) -> list[int]:
    """For each line the number of the next one: Sattolo's random cycle."""
    following = list(range(lines))
    numbers = splitmix64()
    for line in range(lines - 1, 0, -1):
        other = next(numbers) % line
        following[line], following[other] = following[other], following[line]
    return following


def checksum(grains: int, memory_bytes: int, calls_per_grain: int) -> int:
    """The sum of all byte offsets loaded."""
    following = cycle(memory_bytes // LINE_BYTES)
    line = total = 0
    for _ in range(grains * calls_per_grain * LOADS_PER_CALL):
        line = following[line]
        total += line * LINE_BYTES
    return total & MASK


CHECKSUMS: dict[str, Callable[[int, int], int]] = {
    name: partial(checksum, calls_per_grain=calls) for name, calls in CALLS_PER_GRAIN.items()
}
