"""The text that kernels compress, in Python: kernels/made_text.h."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cffi_burn.splitmix64 import splitmix64

RANK_BITS = 12
LINE = 72
PARTS, TEXT_PARTS = 9, 4
CONSONANTS = "tnshrdlcmwfgypbvkjxqz"
VOWELS = "eaoiu"
_CAPITAL, _COMMA = 0, 1


def text_bytes(memory_bytes: int, grain_bytes: int) -> int:
    """How long the text is in so much memory of a worker: whole grains."""
    return memory_bytes // PARTS * TEXT_PARTS // grain_bytes * grain_bytes


def _letter(letters: str, random: int) -> str:
    return letters[(random & 0xFF) * (random >> 8 & 0xFF) * len(letters) >> 16]


def _word(length: int, numbers: Iterator[int]) -> str:
    found = ""
    for place in range(length):
        random = next(numbers)
        found += _letter(CONSONANTS if (random >> 16 & 1) == (place & 1) else VOWELS, random)
    return found


@cache
def made_text(size: int) -> bytes:
    """The first ``size`` bytes of the text."""
    numbers = splitmix64()
    words = [
        _word(2 + bits // 2 + next(numbers) % 4, numbers)
        for bits in range(RANK_BITS)
        for _ in range(1 << bits)
    ]
    parts: list[str] = []
    place, line, capital = 0, 0, True
    while place < size:
        random = next(numbers)
        bits = random % RANK_BITS
        word = words[(1 << bits) - 1 + (random >> 32 & ((1 << bits) - 1))]
        if capital:
            word = word.capitalize()
        mark = random >> 8 & 15
        capital = mark == _CAPITAL
        word += {_CAPITAL: ".", _COMMA: ","}.get(mark, "")
        ends = place - line + len(word) > LINE
        word += "\n" if ends else " "
        place += len(word)
        if ends:
            line = place
        parts.append(word)
    return "".join(parts).encode()[:size]
