"""The triad: kernels/membw.c."""

from __future__ import annotations

import numpy as np

from cffi_burn.splitmix64 import MASK

ELEMENTS_PER_GRAIN = 4096
SKEW_BYTES = 1088
# Five grains a pass.
SMALL_MEMORY_BYTES = 5 * 3 * ELEMENTS_PER_GRAIN * 8 + 2 * SKEW_BYTES


def checksum(grains: int, memory_bytes: int) -> int:
    """The sum of the bit patterns of all elements written."""
    size = ELEMENTS_PER_GRAIN
    grains_per_pass = (memory_bytes - 2 * SKEW_BYTES) // (3 * size * 8)
    # No more of the arrays than is reached.
    index = np.arange(min(grains, grains_per_pass) * size, dtype=np.uint64)
    c = (index * np.uint64(40503) & np.uint64(0xFFFF)).astype(np.float64)
    arrays = [np.zeros(len(index)), (index & np.uint64(0xFFFF)).astype(np.float64)]
    total = 0
    for grain in range(grains):
        odd = grain // grains_per_pass % 2
        first = grain % grains_per_pass * size
        part = slice(first, first + size)
        arrays[odd][part] = arrays[1 - odd][part] + (-2.0 if odd else 3.0) * c[part]
        total += int(arrays[odd][part].view(np.uint64).sum(dtype=np.uint64))
    return total & MASK
