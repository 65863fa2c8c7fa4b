"""Ways in which a file of the kernel can be other than expected; each is a pure function."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]

_NUMBER = re.compile(rb"\d+")
_WORD = re.compile(rb"[A-Za-z_]{2,}")
HUGE = (b"18446744073709551615", b"18446744073709551616", b"9" * 30, b"9" * 400, b"1e999", b"1e5")
ODD = (b"-1", b"-9223372036854775808", b"0x1f", b"1.5", b"NaN", b"", b"+3", b"1_000", b"007")
FOREIGN = (b"\xff\xfe", "ü".encode(), "١٢".encode(), b"\x00", b'"', b"\\", b"{}", b"\x1b[0m", b"\r")


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _tail(data: bytes, random: Random) -> bytes:
    return data[random.randrange(len(data) + 1) :]


def _shuffled_lines(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


def _shuffled_words(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    i = random.randrange(len(lines))
    words = lines[i].split()
    random.shuffle(words)
    lines[i] = b" ".join(words)
    return b"\n".join(lines)


def _doubled_line(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    lines.insert(random.randrange(len(lines) + 1), random.choice(lines))
    return b"\n".join(lines)


def _doubled(data: bytes, random: Random) -> bytes:
    del random
    return data + data


def _line_lost(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    del lines[random.randrange(len(lines))]
    return b"\n".join(lines)


def _word_lost(data: bytes, random: Random) -> bytes:
    return _in_place(data, random, re.compile(rb"\S+"), (b"",))


def _huge(data: bytes, random: Random) -> bytes:
    return _in_place(data, random, _NUMBER, HUGE)


def _odd(data: bytes, random: Random) -> bytes:
    return _in_place(data, random, _NUMBER, ODD)


def _foreign(data: bytes, random: Random) -> bytes:
    i = random.randrange(len(data) + 1)
    return data[:i] + random.choice(FOREIGN) + data[i:]


def _renamed(data: bytes, random: Random) -> bytes:
    return _in_place(data, random, _WORD, (b"future_field", b"x", b"cpu", b"total", b"a-b.c"))


def _future_column(data: bytes, random: Random) -> bytes:
    ends = random.choice((b" 7", b"\t12 34", b" new=1", b" (x) 3"))
    return b"\n".join(line + ends if line else line for line in data.split(b"\n"))


def _future_line(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    new = random.choice((b"new_field 12", b"New: 3 kB", b"cpu99 1", b"[future]", b"x: y z 1", b" "))
    lines.insert(random.randrange(len(lines) + 1), new)
    return b"\n".join(lines)


def _flipped(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randrange(1, 4)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _noise(data: bytes, random: Random) -> bytes:
    del data
    return random.randbytes(random.randrange(64))


def _empty(data: bytes, random: Random) -> bytes:
    del data, random
    return b""


def _in_place(
    data: bytes, random: Random, pattern: re.Pattern[bytes], replacements: tuple[bytes, ...]
) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data
    match = random.choice(found)
    return data[: match.start()] + random.choice(replacements) + data[match.end() :]


MUTATIONS: dict[str, Mutation] = {
    "truncated": _cut,
    "begun late": _tail,
    "lines reordered": _shuffled_lines,
    "words reordered": _shuffled_words,
    "line doubled": _doubled_line,
    "all doubled": _doubled,
    "line lost": _line_lost,
    "word lost": _word_lost,
    "huge number": _huge,
    "odd number": _odd,
    "foreign bytes": _foreign,
    "renamed": _renamed,
    "future column": _future_column,
    "future line": _future_line,
    "bytes flipped": _flipped,
    "noise": _noise,
    "empty": _empty,
}


def mutate(data: bytes, random: Random) -> tuple[str, bytes]:
    """One of the mutations, by name, and the file after it."""
    name = random.choice(tuple(MUTATIONS))
    return name, MUTATIONS[name](data, random)
