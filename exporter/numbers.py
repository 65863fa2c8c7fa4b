"""Numbers in texts that keep their words: found in C at each scrape, understood in Python once.

A file of the kernel has the same words from scrape to scrape, and other numbers. So a text is
parsed when its words are new: then it is known which word is the value of which series. From then
on C code compares the words and hands over the numbers, and any difference leads back to parsing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from exporter.families import Sample
from exporter.native._numbers import ffi, lib
from exporter.rendering import Block, Layout

_LONGEST_LINE_OF_OUTPUT = 21
_ANY_NUMBER = re.compile(rb"-?[0-9]+(\.[0-9]+)?")
_WORD = re.compile(rb"\S+")


class Place(NamedTuple):
    """Where a series' value stands: which word of the text, and what to multiply it with.

    Without a sample it is a number that names something: the text is understood anew when it is
    another one.
    """

    sample: Sample | None
    word: int
    factor: int = 1


class Words:
    """The words of a text, some of them numbers that are wanted.

    A wanted word is a number, or a name with a number (``total=12``, ``eth0:12``). Other numbers
    may change freely, and all other words have to be the same.

    Args:
        text: the whole text.
        wanted: the indices of words (as ``text.split()`` has them) and factors, by word.
        fixed: the indices of numbers that have to be the same, too.
    """

    __slots__ = ("_count", "_out", "_spelled", "_words")

    def __init__(
        self, text: bytes, wanted: Sequence[tuple[int, int]], fixed: frozenset[int] = frozenset()
    ) -> None:
        factors: dict[int, list[int]] = {}
        for index, factor in wanted:
            factors.setdefault(index, []).append(factor)
        words: list[tuple[int, int, int, int, int]] = []
        before = 0
        for index, match in enumerate(_WORD.finditer(text)):
            lines = text.count(b"\n", before, match.start())
            kind, length = _kind(match[0], wanted=index in factors)
            if index in fixed:
                kind, length = lib.WORD, len(match[0])
            if index in factors and kind == lib.WORD:
                raise ValueError(f"word {index} is no number: {match[0]!r}")
            if lines:
                _shorten(words)
            for factor in factors.get(index, [1])[:1]:
                words.append((match.start(), length, lines, kind, factor))
            words += [(0, 0, 0, lib.AGAIN, factor) for factor in factors.get(index, [])[1:]]
            before = match.end()
        _shorten(words)
        self._spelled = text
        self._words = ffi.new("struct word[]", words)
        self._count = len(words)
        self._out = ffi.new("char[]", _LONGEST_LINE_OF_OUTPUT * len(wanted) + 1)

    def numbers(self, text: bytes) -> list[bytes] | None:
        """The wanted numbers in the text's order; None when its words are others.

        None too for what is no number of at most 64 bits, and where it does not fit its factor.
        """
        written = lib.numbers_of(
            self._words,
            self._count,
            ffi.from_buffer(self._spelled),
            ffi.from_buffer(text),
            len(text),
            self._out,
        )
        if written < 0:
            return None
        numbers: list[bytes] = ffi.buffer(self._out, written)[:].split(b"\n")
        del numbers[-1]
        return numbers


def _length_of_name(word: bytes) -> int:
    return max(word.rfind(b"="), word.rfind(b":")) + 1


def _kind(word: bytes, *, wanted: bool) -> tuple[int, int]:
    """What a word is to the C code, and the length of its unchanging beginning."""
    length = _length_of_name(word)
    if _ANY_NUMBER.fullmatch(word, length) is None:
        return lib.WORD, len(word)
    if not wanted:
        return lib.ANY, length
    return (lib.SIGNED if word[length : length + 1] == b"-" else lib.NUMBER), length


def _shorten(words: list[tuple[int, int, int, int, int]]) -> None:
    """Numbers at the end of a line that nobody wants need no look."""
    end = len(words)
    while end and words[end - 1][1] == 0 and words[end - 1][3] == lib.ANY and not words[end - 1][2]:
        end -= 1
    if end < len(words):
        offset, length, lines, _, factor = words[end]
        words[end:] = [(offset, length, lines, lib.REST, factor)]


class NumberSeries:
    """Series whose values are numbers in one text, or in several that are read together.

    Args:
        lay_out: understands the texts, and says where each series' value stands. A word's index is
            that in ``b"\\n".join(texts).split()``.
            Raises ``CollectorError`` when a text is malformed.
    """

    __slots__ = ("_lay_out", "_layout", "_order", "_places", "_words")

    def __init__(self, lay_out: Callable[[Sequence[bytes]], Sequence[Place]]) -> None:
        self._lay_out = lay_out
        self._layout = Layout(())
        self._words: Words | None = None
        self._order: Callable[[list[bytes]], Sequence[bytes]] | None = None

    def block(self, *texts: bytes) -> Block:
        """The block of these texts.

        Raises:
            CollectorError: a text is malformed, or a series comes twice.
        """
        text = texts[0] if len(texts) == 1 else b"\n".join(texts)
        if self._words is not None:
            numbers = self._words.numbers(text)
            if numbers is not None:
                return Block(self._layout, self._order(numbers) if self._order else numbers)
        return self._understand(texts, text)

    def _understand(self, texts: Sequence[bytes], text: bytes) -> Block:
        self._words = None
        laid_out = self._lay_out(texts)
        fixed = frozenset(word for sample, word, _ in laid_out if sample is None)
        places = [place for place in laid_out if place.sample is not None]
        layout = Layout(sample for sample, _, _ in places if sample is not None)
        in_text = sorted(range(len(places)), key=lambda i: places[i].word)
        self._words = Words(text, [(places[i].word, places[i].factor) for i in in_text], fixed)
        positions = sorted(range(len(places)), key=in_text.__getitem__)
        self._order = None
        if positions != list(range(len(positions))):
            self._order = itemgetter(*positions)
        self._layout = layout
        split = text.split()
        return Block(layout, [_value(split[word], factor) for _, word, factor in places])


def _value(word: bytes, factor: int) -> bytes:
    number = word[_length_of_name(word) :]
    return number if factor == 1 else b"%d" % (int(number) * factor)
