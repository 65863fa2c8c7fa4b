"""The words of a text, and the numbers among them, as C finds them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporter.native._numbers import ffi, lib

_LONGEST_LINE_OF_OUTPUT = 21
_ANY_NUMBER = re.compile(rb"-?[0-9]+(\.[0-9]+)?")
_HEXADECIMAL = re.compile(rb"[0-9a-fA-F]{1,16}")
_WORD = re.compile(rb"\S+")


class Words:
    """The words of a text, some of them numbers that are wanted.

    A wanted word is a number, or a name with a number (``total=12``, ``eth0:12``). Other numbers
    may change freely, and all other words have to be the same.

    Args:
        text: the whole text.
        wanted: the indices of words (as ``text.split()`` has them) and factors, by word.
        fixed: the indices of numbers that have to be the same, too.
        hexadecimal: all words are hexadecimal numbers, and come as decimal ones.
    """

    __slots__ = ("_count", "_out", "_words", "spelled")

    def __init__(
        self,
        text: bytes,
        wanted: Sequence[tuple[int, int]],
        fixed: frozenset[int] = frozenset(),
        *,
        hexadecimal: bool = False,
    ) -> None:
        factors: dict[int, list[int]] = {}
        for index, factor in wanted:
            factors.setdefault(index, []).append(factor)
        words: list[tuple[int, int, int, int, int]] = []
        before = 0
        for index, match in enumerate(_WORD.finditer(text)):
            lines = text.count(b"\n", before, match.start())
            kind, length = _kind(match[0], wanted=index in factors, hexadecimal=hexadecimal)
            if index in fixed:
                kind, length = lib.WORD, len(match[0])
            if index in factors and kind == lib.WORD:
                raise ValueError(f"word {index} is no number: {match[0]!r}")
            if lines:
                _shorten(words)
            word = (match.start(), length, lines, kind, factors.get(index, [1])[0])
            _append(words, word, text)
            words += [(0, 0, 0, lib.AGAIN, factor) for factor in factors.get(index, [])[1:]]
            before = match.end()
        _shorten(words)
        self.spelled = text
        self._words = ffi.new("struct word[]", words)
        self._count = len(words)
        self._out = ffi.new("char[]", _LONGEST_LINE_OF_OUTPUT * len(wanted) + 1)

    def numbers(self, text: bytes) -> list[bytes] | None:
        """The wanted numbers in the text's order; see ``written``."""
        written = self.written(text)
        if written is None:
            return None
        numbers = written.split(b"\n")
        del numbers[-1]
        return numbers

    def written(self, text: bytes) -> bytes | None:
        """The wanted numbers in the text's order, each with a newline behind it.

        None when its words are others, for what is no number of at most 64 bits, and where it does
        not fit its factor.
        """
        length = lib.numbers_of(self._words, self._count, self.spelled, text, len(text), self._out)
        if length < 0:
            return None
        written: bytes = ffi.buffer(self._out, length)[:]
        return written

    def native(self) -> tuple[object, int]:
        """The words as C has them (``struct word[]``), and how many they are."""
        return self._words, self._count


def length_of_name(word: bytes) -> int:
    """The length of the name that stands before a number in its word (``total=``)."""
    return max(word.rfind(b"="), word.rfind(b":")) + 1


def _kind(word: bytes, *, wanted: bool, hexadecimal: bool) -> tuple[int, int]:
    """What a word is to the C code, and the length of its unchanging beginning."""
    if hexadecimal:
        if _HEXADECIMAL.fullmatch(word) is None:
            return lib.WORD, len(word)
        return (lib.HEX if wanted else lib.ANY_HEX), 0
    length = length_of_name(word)
    if _ANY_NUMBER.fullmatch(word, length) is None:
        return lib.WORD, len(word)
    if not wanted:
        return lib.ANY, length
    return (lib.SIGNED if word[length : length + 1] == b"-" else lib.NUMBER), length


def _append(
    words: list[tuple[int, int, int, int, int]], word: tuple[int, int, int, int, int], text: bytes
) -> None:
    """Put a word behind the others; where it can be compared together with the one before, do so.

    Words that are always the same stand as far apart as before; a number is set right by spaces
    where there are several before it.
    """
    if words and words[-1][3] == lib.WORD:
        offset, length, lines, _, _ = words[-1]
        start, more, _, kind, factor = word
        apart = start - offset - length
        one_line = text.find(b"\n", offset + length, start) < 0
        if kind == lib.WORD or (kind in (lib.NUMBER, lib.ANY) and apart == 1 and one_line):
            words[-1] = (offset, start + more - offset, lines, kind, factor)
            return
    words.append(word)


def _shorten(words: list[tuple[int, int, int, int, int]]) -> None:
    """Numbers at the end of a line that nobody wants need no look."""
    end = len(words)
    while end and words[end - 1][3] in (lib.ANY, lib.ANY_HEX) and words[end - 1][1:3] == (0, 0):
        end -= 1
    if end < len(words):
        offset, length, lines, _, factor = words[end]
        words[end:] = [(offset, length, lines, lib.REST, factor)]
