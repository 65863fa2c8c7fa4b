"""Dispatch over generated code: kernels/interpreter.c."""

from __future__ import annotations

from cffi_burn.splitmix64 import MASK, splitmix64

TABLE_WORDS = 2064
STEPS_PER_GRAIN = 1024
GRAINS_PER_PASS = 16


def checksum(grains: int, memory_bytes: int = 0) -> int:
    """The accumulator after all steps; the memory always has one size."""
    del memory_bytes
    numbers = splitmix64()
    table = [next(numbers) for _ in range(TABLE_WORDS)]
    program = [next(numbers) >> 52 for _ in range(GRAINS_PER_PASS * STEPS_PER_GRAIN)]
    a = 0
    for step in range(grains * STEPS_PER_GRAIN):
        k = program[step % len(program)]
        a += table[k * 40503 % 2048 + 16] + (1 << 24) + 4951 * k
        a &= MASK
        a ^= a >> (17 + k % 31)
        a = a * ((1 << 28) + 1 + 18626 * k) & MASK
    return a
