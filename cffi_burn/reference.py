"""The kernels' arithmetic in Python, for checksum tests: slow, plain, and read beside the C.

Each function takes the number of grains and the worker's memory in bytes, and returns the checksum
of all these grains, as ``Worker.run`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

MASK = (1 << 64) - 1

RMW_WORDS = 524_288
RMW_WORDS_PER_GRAIN = 4096

INTEGER_WORDS = 2048
INTEGER_STEPS_PER_GRAIN = 4096
FNV_PRIME = 0x100000001B3
FNV_BASIS = 0xCBF29CE484222325

VECTOR_ROWS = 8
VECTOR_COLUMNS = 24
VECTOR_DEPTH = 64
VECTOR_PASSES = 16

MEMBW_ELEMENTS_PER_GRAIN = 4096
MEMBW_SKEW_BYTES = 1088

MEMLAT_LINE_BYTES = 64
MEMLAT_LOADS_PER_GRAIN = 128


def rmw_spin() -> int:
    """The value that the spin of ``rmw`` ends with."""
    spin = 0xAA55AA55
    for step in range(1, 18):
        spin = ((spin + step) | 0x55AA55AA) & MASK
    return spin


def rmw_checksum(grains: int, memory_bytes: int = 0) -> int:
    """The sum of all words written; the memory is always 4 MiB."""
    del memory_bytes
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


def splitmix64() -> Iterator[int]:
    """The numbers of splitmix64 with the seed 0.

    Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
    """
    seed = 0
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
        yield z ^ (z >> 31)


def integer_checksum(grains: int, memory_bytes: int = 0) -> int:
    """The hash after all steps; the memory is always 16 KiB."""
    del memory_bytes
    table = [0] * INTEGER_WORDS
    digest = FNV_BASIS
    numbers = splitmix64()
    for _ in range(grains * INTEGER_STEPS_PER_GRAIN):
        z = next(numbers)
        word = table[z >> 53]
        if z & 7 == 0:
            word = (word + z) & MASK
            word = (word << 23 | word >> 41) & MASK
        else:
            word = (word ^ z) * FNV_PRIME & MASK
        table[z >> 53] = word
        digest = (digest ^ word) * FNV_PRIME & MASK
    return digest


def vector_matrices() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The matrices A (8 x 64) and B (64 x 24) of ``vector``, in whole numbers."""
    numbers = splitmix64()
    count = VECTOR_DEPTH * (VECTOR_ROWS + VECTOR_COLUMNS)
    elements = np.array([(next(numbers) >> 44) - (1 << 19) for _ in range(count)], dtype=np.int64)
    # A lies in memory column by column.
    a = elements[: VECTOR_DEPTH * VECTOR_ROWS].reshape(VECTOR_DEPTH, VECTOR_ROWS).T
    b = elements[VECTOR_DEPTH * VECTOR_ROWS :].reshape(VECTOR_DEPTH, VECTOR_COLUMNS)
    return a, b


def vector_checksum(grains: int, memory_bytes: int = 0) -> int:
    """The elements of all products as digits of base 31; the memory is always 18 KiB.

    The product is made of 64-bit integers, whose arithmetic is exact: so must the doubles' be.
    """
    del memory_bytes
    a, b = vector_matrices()
    product = [int(element) for element in (VECTOR_PASSES * (a @ b)).ravel()]
    checksum = 0
    for grain in range(grains):
        start = grain & 0xFFFFF
        for index, element in enumerate(product):
            checksum = (checksum * 31 + element + start + index) & MASK
    return checksum


def membw_checksum(grains: int, memory_bytes: int) -> int:
    """The sum of the bit patterns of all elements written."""
    size = MEMBW_ELEMENTS_PER_GRAIN
    grains_per_pass = (memory_bytes - 2 * MEMBW_SKEW_BYTES) // (3 * size * 8)
    # No more of the arrays than is reached.
    index = np.arange(min(grains, grains_per_pass) * size, dtype=np.uint64)
    c = (index * np.uint64(40503) & np.uint64(0xFFFF)).astype(np.float64)
    arrays = [np.zeros(len(index)), (index & np.uint64(0xFFFF)).astype(np.float64)]
    checksum = 0
    for grain in range(grains):
        odd = grain // grains_per_pass % 2
        first = grain % grains_per_pass * size
        part = slice(first, first + size)
        arrays[odd][part] = arrays[1 - odd][part] + (-2.0 if odd else 3.0) * c[part]
        checksum += int(arrays[odd][part].view(np.uint64).sum(dtype=np.uint64))
    return checksum & MASK


def memlat_cycle(lines: int) -> list[int]:
    """For each line the number of the next one: Sattolo's random cycle."""
    following = list(range(lines))
    numbers = splitmix64()
    for line in range(lines - 1, 0, -1):
        other = next(numbers) % line
        following[line], following[other] = following[other], following[line]
    return following


def memlat_checksum(grains: int, memory_bytes: int) -> int:
    """The sum of all byte offsets loaded."""
    following = memlat_cycle(memory_bytes // MEMLAT_LINE_BYTES)
    line = checksum = 0
    for _ in range(grains * MEMLAT_LOADS_PER_GRAIN):
        line = following[line]
        checksum += line * MEMLAT_LINE_BYTES
    return checksum & MASK


CHECKSUMS: dict[str, Callable[[int, int], int]] = {
    "rmw": rmw_checksum,
    "integer": integer_checksum,
    "vector": vector_checksum,
    "membw": membw_checksum,
    "memlat": memlat_checksum,
}
