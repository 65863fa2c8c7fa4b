"""Read, modify, write: kernels/rmw.c."""

from __future__ import annotations

import numpy as np

from cffi_burn.splitmix64 import MASK

WORDS = 524_288
WORDS_PER_GRAIN = 4096


def spin_17() -> int:
    """The value that the spin of ``rmw`` ends with."""
    spin = 0xAA55AA55
    for step in range(1, 18):
        spin = ((spin + step) | 0x55AA55AA) & MASK
    return spin


def checksum(grains: int, memory_bytes: int = 0) -> int:
    """The sum of all words written; the memory is always 4 MiB."""
    del memory_bytes
    words = np.zeros(WORDS, dtype=np.uint64)
    index = np.arange(WORDS, dtype=np.uint64)
    spin = np.uint64(spin_17())
    total = 0
    for grain in range(grains):
        first = grain * WORDS_PER_GRAIN % WORDS
        part = slice(first, first + WORDS_PER_GRAIN)
        words[part] = (words[part] + index[part]) ^ spin
        total += int(words[part].sum(dtype=np.uint64))
    return total & MASK
