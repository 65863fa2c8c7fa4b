"""Reads of a block: kernels/memread.c."""

from __future__ import annotations

import numpy as np

from cffi_burn.splitmix64 import MASK

GRAIN_BYTES = 1 << 20
LOADED_BYTES = 16
INTEGER_BYTES = 4
FACTOR = 2_654_435_761
# Three grains a pass.
SMALL_MEMORY_BYTES = 3 * GRAIN_BYTES


def checksum(grains: int, memory_bytes: int) -> int:
    """The sum of each grain's integers, modulo 2^32, added up."""
    part_bytes = min(memory_bytes, GRAIN_BYTES)
    parts, passes = memory_bytes // part_bytes, GRAIN_BYTES // part_bytes
    numbers = np.arange(0, memory_bytes // INTEGER_BYTES, LOADED_BYTES // INTEGER_BYTES)
    loaded = numbers.astype(np.uint32) * np.uint32(FACTOR)
    sums = loaded.reshape(parts, -1).sum(axis=1, dtype=np.uint64)
    of_grains = [int(sum_) * passes % (1 << 32) for sum_ in sums]
    return sum(of_grains[grain % parts] for grain in range(grains)) & MASK
