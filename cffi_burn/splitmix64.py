"""The random numbers of the kernels' memory and work, in Python."""

from __future__ import annotations

from collections.abc import Iterator

MASK = (1 << 64) - 1


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
