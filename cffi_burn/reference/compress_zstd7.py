"""zstd over a made text: kernels/compress_zstd7.c.

What the library writes depends on its version; the checksum is of what it took.
"""

from __future__ import annotations

import numpy as np

from cffi_burn.made_text import PARTS, made_text, text_bytes
from cffi_burn.splitmix64 import MASK

GRAIN_BYTES = 16_384
# 16 grains of text.
SMALL_MEMORY_BYTES = 4 * PARTS * GRAIN_BYTES


def checksum(grains: int, memory_bytes: int) -> int:
    """The sum of all grains' 64-bit words, and of their lengths."""
    size = text_bytes(memory_bytes, GRAIN_BYTES)
    words = np.frombuffer(made_text(size), dtype="<u8").reshape(size // GRAIN_BYTES, -1)
    sums = [int(sum_) + GRAIN_BYTES for sum_ in words.sum(axis=1, dtype=np.uint64)]
    return sum(sums[grain % len(sums)] for grain in range(grains)) & MASK
