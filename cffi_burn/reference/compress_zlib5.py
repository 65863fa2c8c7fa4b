"""zlib over a made text: kernels/compress_zlib5.c.

What the library writes depends on its version; the checksum is of what it took.
"""

from __future__ import annotations

import zlib
from itertools import accumulate

from cffi_burn.made_text import PARTS, made_text, text_bytes
from cffi_burn.splitmix64 import MASK

GRAIN_BYTES = 8_192
# 16 grains of text.
SMALL_MEMORY_BYTES = 4 * PARTS * GRAIN_BYTES


def checksum(grains: int, memory_bytes: int) -> int:
    """The sum, over all grains, of the CRC-32 of the pass so far."""
    text = made_text(text_bytes(memory_bytes, GRAIN_BYTES))
    starts = range(0, len(text), GRAIN_BYTES)
    sums = list(
        accumulate((text[start : start + GRAIN_BYTES] for start in starts), _crc, initial=0)
    )[1:]
    return sum(sums[grain % len(sums)] for grain in range(grains)) & MASK


def _crc(before: int, grain: bytes) -> int:
    return zlib.crc32(grain, before)
