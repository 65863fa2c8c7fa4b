"""Hashing, table look-ups and branches: kernels/integer.c."""

from __future__ import annotations

from cffi_burn.splitmix64 import MASK, splitmix64

WORDS = 2048
STEPS_PER_GRAIN = 4096
FNV_PRIME = 0x100000001B3
FNV_BASIS = 0xCBF29CE484222325


def checksum(grains: int, memory_bytes: int = 0) -> int:
    """The hash after all steps; the memory is always 16 KiB."""
    del memory_bytes
    table = [0] * WORDS
    digest = FNV_BASIS
    numbers = splitmix64()
    for _ in range(grains * STEPS_PER_GRAIN):
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
