"""Dependent loads: kernels/memlat.c."""

from __future__ import annotations

from cffi_burn.splitmix64 import MASK, splitmix64

LINE_BYTES = 64
LOADS_PER_GRAIN = 128
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


def checksum(grains: int, memory_bytes: int) -> int:
    """The sum of all byte offsets loaded."""
    following = cycle(memory_bytes // LINE_BYTES)
    line = total = 0
    for _ in range(grains * LOADS_PER_GRAIN):
        line = following[line]
        total += line * LINE_BYTES
    return total & MASK
