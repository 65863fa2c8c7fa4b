"""The kernels' arithmetic in Python, for checksum tests: slow, plain, and read beside the C."""

from __future__ import annotations

import numpy as np

MASK = (1 << 64) - 1

RMW_WORDS = 524_288
RMW_WORDS_PER_GRAIN = 4096


def rmw_spin() -> int:
    """The value that the spin of ``rmw`` ends with."""
    spin = 0xAA55AA55
    for step in range(1, 18):
        spin = ((spin + step) | 0x55AA55AA) & MASK
    return spin


def rmw_checksum(grains: int) -> int:
    """The checksum of the first ``grains`` grains of ``rmw``: the sum of all words written."""
    words = np.zeros(RMW_WORDS, dtype=np.uint64)
    index = np.arange(RMW_WORDS, dtype=np.uint64)
    spin = np.uint64(rmw_spin())
    checksum = 0
    for grain in range(grains):
        first = grain * RMW_WORDS_PER_GRAIN % RMW_WORDS
        part = slice(first, first + RMW_WORDS_PER_GRAIN)
        words[part] = (words[part] + index[part]) ^ spin
        checksum += int(words[part].sum(dtype=np.uint64))
    return checksum & MASK


CHECKSUMS = {"rmw": rmw_checksum}
