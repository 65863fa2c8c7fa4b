"""Products of matrices: kernels/vector.c."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cffi_burn.splitmix64 import MASK, splitmix64

ROWS = 8
COLUMNS = 24
DEPTH = 64
PASSES = 16


def matrices() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The matrices A (8 x 64) and B (64 x 24) of ``vector``, in whole numbers."""
    numbers = splitmix64()
    count = DEPTH * (ROWS + COLUMNS)
    elements = np.array([(next(numbers) >> 44) - (1 << 19) for _ in range(count)], dtype=np.int64)
    # A lies in memory column by column.
    a = elements[: DEPTH * ROWS].reshape(DEPTH, ROWS).T
    b = elements[DEPTH * ROWS :].reshape(DEPTH, COLUMNS)
    return a, b


def checksum(grains: int, memory_bytes: int = 0) -> int:
    """The elements of all products as digits of base 31; the memory is always 18 KiB.

    The product is made of 64-bit integers, whose arithmetic is exact: so must the doubles' be.
    """
    del memory_bytes
    a, b = matrices()
    product = [int(element) for element in (PASSES * (a @ b)).ravel()]
    total = 0
    for grain in range(grains):
        start = grain & 0xFFFFF
        for index, element in enumerate(product):
            total = (total * 31 + element + start + index) & MASK
    return total
