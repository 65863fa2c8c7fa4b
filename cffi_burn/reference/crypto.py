"""SHA-256, AES-256-CBC and BLAKE2b: kernels/crypto.c.

Hashes are those of Python; AES is written anew from its standard (FIPS 197), all grains beside each
other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cffi_burn.splitmix64 import MASK, splitmix64

GRAIN_BYTES = 16_384
NUMBER_BYTES = 8
BLOCK_BYTES = 16
CHAINED_GRAINS = 8
ROUNDS = 14

# Of a block's 16 bytes, column by column: its row, and where it comes from when row r is shifted
# by r columns (FIPS 197, 5.1.2).
ROWS = [place % 4 for place in range(BLOCK_BYTES)]
SHIFTED = [(place + 4 * (place % 4)) % BLOCK_BYTES for place in range(BLOCK_BYTES)]

Bytes = npt.NDArray[np.uint8]


def plain() -> bytes:
    """The 16 KiB that everything begins with."""
    numbers = splitmix64()
    return b"".join(
        next(numbers).to_bytes(NUMBER_BYTES, "little") for _ in range(GRAIN_BYTES // NUMBER_BYTES)
    )


def hashes(grains: int, memory_bytes: int, new: Callable[[bytes], Any]) -> int:
    """The sum of the first 8 bytes of each grain's hash."""
    del memory_bytes
    rest = plain()[NUMBER_BYTES:]
    total = 0
    for grain in range(grains):
        digest = new(grain.to_bytes(NUMBER_BYTES, "little") + rest).digest()
        total += int.from_bytes(digest[:NUMBER_BYTES], "little")
    return total & MASK


def substitution() -> Bytes:
    """The S-box: the inverse in GF(2^8), then the affine map (FIPS 197, 5.1.1)."""
    box = np.zeros(256, dtype=np.uint8)
    power = inverse = 1
    for _ in range(255):
        # power goes through all that are not 0, by the generator 3, and inverse by its inverse.
        power ^= (power << 1 ^ (0x11B if power & 0x80 else 0)) & 0xFF
        inverse ^= inverse << 1
        inverse ^= inverse << 2
        inverse ^= inverse << 4
        inverse &= 0xFF
        inverse ^= 0x09 if inverse & 0x80 else 0
        turned = inverse
        for shift in (1, 2, 3, 4):
            turned ^= (inverse << shift | inverse >> 8 - shift) & 0xFF
        box[power] = turned ^ 0x63
    box[0] = 0x63
    return box


def expanded(key: bytes, box: Bytes) -> Bytes:
    """The round keys of AES-256, one a row (FIPS 197, 5.2)."""
    words = [list(key[start : start + 4]) for start in range(0, len(key), 4)]
    constant = 1
    for number in range(len(words), 4 * (ROUNDS + 1)):
        word = words[-1]
        if number % 8 == 0:
            word = [int(box[byte]) for byte in (*word[1:], word[0])]
            word[0] ^= constant
            constant <<= 1
        elif number % 8 == 4:
            word = [int(box[byte]) for byte in word]
        words.append([one ^ other for one, other in zip(words[-8], word, strict=True)])
    return np.array(words, dtype=np.uint8).reshape(ROUNDS + 1, BLOCK_BYTES)


def mixed(box: Bytes) -> npt.NDArray[np.uint32]:
    """What each byte of each row adds to its column (FIPS 197, 5.1.3), first the S-box: 4 x 256."""
    twice = (box << 1) ^ (box >> 7) * np.uint8(0x1B)
    products = (twice, twice ^ box, box, box)
    rows = [
        np.stack([products[(row - place) % 4] for place in range(4)], axis=1) for row in range(4)
    ]
    return np.stack(rows).view("<u4")[:, :, 0]


def encrypt(blocks: Bytes, keys: Bytes, box: Bytes, columns: npt.NDArray[np.uint32]) -> Bytes:
    """AES of several blocks, one a row, each as it stands in memory."""
    state = blocks ^ keys[0]
    for key in keys[1:-1]:
        parts = columns[ROWS, state[:, SHIFTED]].reshape(-1, 4, 4)
        words = np.ascontiguousarray(np.bitwise_xor.reduce(parts, axis=2))
        state = words.view(np.uint8) ^ key
    last: Bytes = box[state[:, SHIFTED]] ^ keys[-1]
    return last


@cache
def last_blocks(chains: int) -> tuple[int, ...]:
    """The first 8 bytes of the last block of each grain of some chains."""
    box = substitution()
    keys, columns = expanded(bytes(range(32)), box), mixed(box)
    vectors = [(chain * CHAINED_GRAINS).to_bytes(BLOCK_BYTES, "little") for chain in range(chains)]
    before = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(chains, BLOCK_BYTES)
    ends = []
    for _ in range(CHAINED_GRAINS):
        for block in np.frombuffer(plain(), dtype=np.uint8).reshape(-1, BLOCK_BYTES):
            before = encrypt(before ^ block, keys, box, columns)
        ends.append(before)
    rows = np.stack(ends, axis=1).reshape(-1, BLOCK_BYTES)
    return tuple(int.from_bytes(row[:NUMBER_BYTES].tobytes(), "little") for row in rows)


def aes256cbc(grains: int, memory_bytes: int) -> int:
    """The sum of the first 8 bytes of each grain's last block."""
    del memory_bytes
    # Many take hardly longer than one.
    return sum(last_blocks(-(-grains // 256) * 32)[:grains]) & MASK


CHECKSUMS: dict[str, Callable[[int, int], int]] = {
    "crypto_sha256": partial(hashes, new=hashlib.sha256),
    "crypto_aes256cbc": aes256cbc,
    "crypto_blake2b": partial(hashes, new=hashlib.blake2b),
}
