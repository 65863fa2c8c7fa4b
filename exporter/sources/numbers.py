"""Numbers in texts that keep their words: found in C at each scrape, understood in Python once.

A file of the kernel has the same words from scrape to scrape, and other numbers. So a text is
parsed when its words are new: then it is known which word is the value of which series. From then
on C code compares the words and hands over the numbers, and any difference leads back to parsing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol

from exporter.native._numbers import lib
from exporter.sources.files import KeptFile
from exporter.sources.steady import NumberPicks, SteadyPart
from exporter.sources.words import Words, length_of_name
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, Layout

# Longer texts have other numbers at each scrape, and what is rendered of them would be kept.
_SHORT = 1024
# CPython 3.11 keeps up to 2,000 tuples of so many for later, and never uses them again: 0.4 MB, of
# which the collector cpu made one at each scrape of a machine of two CPUs.
_KEPT_IN_VAIN = 20


class NumberPlace(NamedTuple):
    """Where a series' value stands: which word of the text, and what to multiply it with.

    Without a series it is a number that names something: the text is understood anew when it is
    another one. ``others`` are words whose numbers are added to it, and ``less`` is taken from it,
    down to 0.
    """

    series: Series | None
    word: int
    factor: int = 1
    others: tuple[int, ...] = ()
    less: int = 0


class HeldValues(Protocol):
    """What keeps values from running backwards; it changes none where nothing fell."""

    def hold(self, values: list[bytes]) -> list[bytes]:
        """What is to be shown of these values, in the order of the series."""
        ...

    def show(self, values: Sequence[bytes]) -> None:
        """These were shown last, without being asked: none of them had fallen."""
        ...


# Of a value: which numbers of the text it is the sum of, and what is taken from that.
_Pick = tuple[tuple[int, ...], int]


def _picker(picks: Sequence[_Pick]) -> Callable[[list[bytes]], list[bytes]] | None:
    """Makes the values of the numbers in a text; None where they are the same."""
    if any(len(positions) > 1 or less for positions, less in picks):
        return lambda numbers: [_value(numbers, *pick) for pick in picks]
    order = [positions[0] for positions, _ in picks]
    if order == list(range(len(order))):
        return None
    if len(order) == _KEPT_IN_VAIN:
        return lambda numbers: [numbers[position] for position in order]
    pick = itemgetter(*order)
    return lambda numbers: list(pick(numbers))


def _value(numbers: Sequence[bytes], positions: tuple[int, ...], less: int) -> bytes:
    if len(positions) == 1 and not less:
        return numbers[positions[0]]
    return b"%d" % max(0, sum([int(numbers[position]) for position in positions]) - less)


class NumberSeries:
    """Series whose values are numbers in one text, or in several that are read together.

    Args:
        lay_out: understands the texts, and says where each series' value stands. A word's index is
            that in ``b"\n".join(texts).split()``.
            Raises ``CollectorError`` when a text is malformed.
        held: what holds the values before they are shown, if anything. It may be left out where a
            text is the same as before.
        hexadecimal: see ``Words``.
    """

    __slots__ = (
        "_held",
        "_hexadecimal",
        "_lay_out",
        "_layout",
        "_made",
        "_pick",
        "_picks",
        "_text",
        "_wanted",
        "_words",
    )

    def __init__(
        self,
        lay_out: Callable[[Sequence[bytes]], Sequence[NumberPlace]],
        held: HeldValues | None = None,
        *,
        hexadecimal: bool = False,
    ) -> None:
        self._lay_out = lay_out
        self._held = held
        self._hexadecimal = hexadecimal
        self._layout = Layout(())
        self._words: Words | None = None
        self._wanted = 0
        self._picks: list[_Pick] = []
        self._pick: Callable[[list[bytes]], list[bytes]] | None = None
        # The last text where it was a short one, and the block of it.
        self._text: bytes | None = None
        self._made = Block(self._layout, ())

    def block(self, *texts: bytes) -> Block:
        """The block of these texts.

        Raises:
            CollectorError: a text is malformed.
            MalformedError: a series comes twice.
        """
        text = texts[0] if len(texts) == 1 else b"\n".join(texts)
        if text == self._text:
            return self._again()
        self._text = None
        numbers = None if self._words is None else self._words.numbers(text)
        made = self._understand(texts, text) if numbers is None else self._block(numbers)
        if len(text) <= _SHORT:
            self._text, self._made = text, made
        return made

    def steady(self, *files: KeptFile) -> SteadyPart | None:
        """How C makes the block of these files while their words stay.

        None where it cannot.
        """
        if self._words is None:
            return None
        picks = NumberPicks(
            self._words.native(),
            self._words.spelled,
            self._wanted,
            self._picks,
            self._held is None,
            self,
        )
        return SteadyPart(files, picks)

    def resume(self, values: Sequence[bytes]) -> None:
        """Go on where C has shown these values last."""
        self._text = None
        if self._held is not None:
            self._held.show(values)

    def _again(self) -> Block:
        """The block of the last text once more; a tuple says that its values stay what they are."""
        if not isinstance(self._made.values, tuple):
            self._made = Block(self._made.layout, tuple(self._made.values))
        return self._made

    def _block(self, numbers: list[bytes]) -> Block:
        values = self._pick(numbers) if self._pick else numbers
        return Block(self._layout, self._held.hold(values) if self._held else values)

    def _understand(self, texts: Sequence[bytes], text: bytes) -> Block:
        self._words = None
        laid_out = self._lay_out(texts)
        fixed = frozenset(place.word for place in laid_out if place.series is None)
        places = [place for place in laid_out if place.series is not None]
        self._layout = Layout(place.series for place in places if place.series is not None)
        # Which numbers of the text are wanted, by the value and by the place among its words.
        wanted = [
            (word, place.factor, i)
            for i, place in enumerate(places)
            for word in (place.word, *place.others)
        ]
        wanted.sort(key=itemgetter(0))
        positions: list[list[int]] = [[] for _ in places]
        for position, (_, _, i) in enumerate(wanted):
            positions[i].append(position)
        self._picks = [
            (tuple(found), place.less) for found, place in zip(positions, places, strict=True)
        ]
        self._pick = _picker(self._picks)
        self._wanted = len(wanted)
        split = text.split()
        block = self._block([self._number(split[word], factor) for word, factor, _ in wanted])
        pairs = [(word, factor) for word, factor, _ in wanted]
        self._words = Words(text, pairs, fixed, hexadecimal=self._hexadecimal)
        return block

    def _number(self, word: bytes, factor: int) -> bytes:
        if self._hexadecimal:
            return b"%d" % (int(word, 16) * factor)
        number = word[length_of_name(word) :]
        return number if factor == 1 else b"%d" % (int(number) * factor)


def fell(before: bytes, now: bytes) -> int | None:
    """Where a list of counters ran backwards: the index of the first that is below what it was.

    Args:
        before: unsigned decimal numbers, each with a newline behind it.
        now: as many.

    Returns:
        -1 when none fell; None when one of them is no such list, or they are not of one length.
    """
    found = lib.first_fallen(before, len(before), now, len(now))
    return None if found < -1 else int(found)
