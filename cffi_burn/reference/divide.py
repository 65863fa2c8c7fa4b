"""Divisions of 16-bit integers: kernels/divide.c."""

from __future__ import annotations

import numpy as np

from cffi_burn.splitmix64 import MASK

ROWS = 224
ROWS_PER_GRAIN = 14
STEP = 292


def checksum(grains: int, memory_bytes: int = 0) -> int:
    """The sum of all quotients; there is nothing in memory."""
    del memory_bytes
    divisors = np.arange(ROWS, dtype=np.uint16) * np.uint16(STEP) + np.uint16(1)
    total = 0
    for row in range(grains * ROWS_PER_GRAIN):
        quotients = np.uint16(row % ROWS * STEP) // divisors
        total += int(quotients.sum(dtype=np.uint64))
    return total & MASK
