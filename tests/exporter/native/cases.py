"""Texts of the kernel, what is wanted of them, and what they may have become: for ``cases.c``."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from exporter.native._numbers import ffi

from exporter.sources.words import Words
from tests.exporter.conftest import FIXTURES, HOSTS
from tests.exporter.mutation.mutating import mutate

# Of the files whose numbers the C code finds; some of each kind.
NAMES = (
    *("stat", "meminfo", "vmstat", "diskstats", "loadavg", "schedstat", "pressure/io"),
    *("net/dev", "net/netstat", "net/snmp", "net/sockstat", "net/softnet_stat", "net/arp"),
)
# Of one text's numbers; the last ones are too large for most.
FACTORS = ((1,), (1, 1024), (1, 2, 4096), (1, 2, 3), (1, 1 << 63))
LARGEST = 20_000
_HEXADECIMAL = re.compile(rb"(?:[0-9a-f]{8}[ \n])+")
_NUMBER = re.compile(rb"(?:[^\s=:]*[=:])?[0-9]{1,20}")


class Case(NamedTuple):
    """A text as it was understood, a text that follows, and what the running code finds in it."""

    words: Words
    text: bytes
    found: bytes | None

    def packed(self, room: int | None = None) -> bytes:
        """The case as ``cases.c`` reads it, with this room for the output; by default, its own."""
        if room is None:
            room = len(ffi.buffer(self.words._out))
        blocks = (bytes(ffi.buffer(self.words._words)), self.words.spelled, self.text)
        return b"".join(_packed(block) for block in blocks) + struct.pack("=I", room)

    def answer(self) -> bytes:
        """What ``cases.c`` has to write."""
        if self.found is None:
            return struct.pack("=q", -1)
        return struct.pack("=q", len(self.found)) + self.found


def _packed(block: bytes) -> bytes:
    return struct.pack("=I", len(block)) + block


def texts() -> list[bytes]:
    """The files of all fixture trees that are not too large, and some that no kernel writes."""
    paths = [Path(FIXTURES / host / "proc" / name) for host in HOSTS for name in NAMES]
    files = [path.read_bytes()[:LARGEST] for path in paths if path.is_file()]
    return [*files, b"", b"\n", b"7", b"a -1 2\nb: 3\n", b"x=1 y=2 z=3", b"9" * 20 + b"\n\n 0"]


def understood(text: bytes, random: Random) -> Words:
    """The words of a text: some of its numbers wanted, some of them twice, and some fixed."""
    if _HEXADECIMAL.fullmatch(text):
        wanted = [
            (i, random.choice((1, 2))) for i in range(len(text.split())) if random.randrange(4)
        ]
        return Words(text, wanted, hexadecimal=True)
    numbers = [i for i, word in enumerate(text.split()) if _NUMBER.fullmatch(word)]
    factors = random.choice(FACTORS)
    wanted = [(i, random.choice(factors)) for i in numbers if random.randrange(4)]
    wanted += [(i, random.choice(factors)) for i, _ in wanted if not random.randrange(5)]
    wanted.sort(key=lambda pair: pair[0])
    left = [i for i in numbers if i not in {pair[0] for pair in wanted}]
    fixed = [i for i in left if not random.randrange(6)] if random.randrange(3) == 0 else []
    return Words(text, wanted, frozenset(fixed))


def grown(text: bytes, digits: int, random: Random) -> bytes:
    """The text with other numbers, of so many digits at most."""
    return re.sub(
        rb"(?<![^\s=:])[0-9a-f]+(?!\S)",
        lambda _: b"%d" % random.randrange(10 ** random.randint(1, digits)),
        text,
    )


def cases(of_each: int, random: Random) -> Iterator[Case]:
    """Each text as it was, with other numbers, and spoiled, in ``of_each`` ways."""
    for text in texts():
        words = understood(text, random)
        others = [grown(text, digits, random) for digits in (3, 9, 20) for _ in range(of_each)]
        spoiled = [mutate(other, random)[1] for other in others]
        for after in (text, *others, *spoiled):
            numbers = words.numbers(after)
            found = None if numbers is None else b"".join(n + b"\n" for n in numbers)
            yield Case(words, after, found)
