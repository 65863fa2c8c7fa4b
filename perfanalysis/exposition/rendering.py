"""From families and values to exposition bytes; reads nothing.

What does not change from scrape to scrape (HELP, TYPE, names, labels) is rendered once into a
``Layout``; a scrape only puts the values between and joins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from perfanalysis.errors import MalformedError
from perfanalysis.exposition.families import Family, Series, SeriesIdentity

Facts = TypeVar("Facts")


class Exposition(Protocol):
    """A wire format: how a family's header and a series' name are written, and how a page ends."""

    name: str
    content_type: str
    end: bytes

    def header(self, family: Family) -> bytes:
        """The lines before the first sample of a family, each ended by a newline."""
        ...

    def sample_name(self, family: Family) -> str:
        """The name in the family's sample lines."""
        ...


def escape_label_value(value: str) -> str:
    r"""A label value as both formats write it: ``\``, ``"`` and newline escaped."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def printable(value: str) -> str:
    """A label value as both formats can write it: what no UTF-8 has becomes ``?``."""
    return value if value.isascii() else value.encode(errors="replace").decode()


def escape_help(text: str) -> str:
    r"""A HELP text as the text format writes it: ``\`` and newline escaped."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


class TextExposition:
    """The text format 0.0.4, as Prometheus' documentation of exposition formats has it."""

    name = "text"
    content_type = "text/plain; version=0.0.4; charset=utf-8"
    end = b""

    def header(self, family: Family) -> bytes:
        """The HELP and TYPE lines."""
        text = f"# HELP {family.name} {escape_help(family.help)}\n"
        return f"{text}# TYPE {family.name} {family.type}\n".encode()

    def sample_name(self, family: Family) -> str:
        """The family's own name."""
        return family.name


TEXT = TextExposition()


def format_value(value: float) -> bytes:
    """A number as both exposition formats take it (``NaN``, ``+Inf``, shortest exact decimals)."""
    if isinstance(value, int):
        return b"%d" % value
    if math.isnan(value):
        return b"NaN"
    if math.isinf(value):
        return b"+Inf" if value > 0 else b"-Inf"
    return repr(value).encode()


class Layout:
    """The unchanging bytes around the values of a fixed list of series.

    Args:
        series: in page order; those of one family stand together.

    Raises:
        MalformedError: a series or a family comes twice, which no exposition may hold.
    """

    __slots__ = ("_chunks", "_last", "_scaled", "series")

    def __init__(self, series: Iterable[Series]) -> None:
        self.series = tuple(series)
        self._chunks: dict[str, list[bytes]] = {}
        self._last: tuple[Sequence[bytes], Exposition, bytes] | None = None
        self._scaled: bool | None = None
        _refuse_duplicates(self.series)

    def render(self, values: Sequence[bytes], exposition: Exposition) -> bytes:
        """The sample lines with their headers.

        Args:
            values: one number in text form for each series, in the order of ``series``. When
                they come as the same tuple again, what was rendered from it is used again.
            exposition: the wire format.

        Raises:
            ValueError: there is not one value for each series.
        """
        last = self._last
        if last is not None and last[0] is values and last[1] is exposition:
            return last[2]
        chunks = self._chunks.get(exposition.name)
        if chunks is None:
            chunks = self._chunks[exposition.name] = self._render_once(exposition)
        chunks[1::2] = values
        rendered = b"".join(chunks)
        if isinstance(values, tuple):
            self._last = (values, exposition, rendered)
        return rendered

    def take_texts(self, exposition: Exposition) -> list[bytes]:
        """What stands around the values, one text more than there are values; for who renders them.

        It is not kept here, and made anew when it is wanted again.
        """
        chunks = self._chunks.pop(exposition.name, None) or self._render_once(exposition)
        self._last = None
        return chunks[0::2]

    def families(self) -> list[Family]:
        """The families, each once, in page order."""
        return list({series.family.name: series.family for series in self.series}.values())

    def identities(self) -> list[SeriesIdentity]:
        """What identifies each series on the page, in its order."""
        return [
            SeriesIdentity(
                series.family.name,
                tuple(zip(series.family.labels, map(printable, series.labels), strict=True)),
            )
            for series in self.series
        ]

    def numbers(self, values: Sequence[bytes]) -> list[float]:
        """The values as numbers, in page order; see ``render`` for them.

        Raises:
            ValueError: there is not one value for each series, or one is no number.
        """
        if len(values) != len(self.series):
            raise ValueError(f"{len(values)} values of {len(self.series)} series")
        if self._scaled is None:
            self._scaled = any(series.suffix for series in self.series)
        if not self._scaled:
            return list(map(float, values))
        return [float(value + s.suffix) for value, s in zip(values, self.series, strict=True)]

    def _render_once(self, exposition: Exposition) -> list[bytes]:
        chunks = [b""]
        before = ""
        for family, labels, suffix in self.series:
            # Series of a family may have other labels each, and come with families of their own.
            if family.name != before:
                chunks[-1] += exposition.header(family)
                before = family.name
            text = exposition.sample_name(family)
            if labels:
                pairs = zip(family.labels, labels, strict=True)
                text += "{" + ",".join(f'{k}="{escape_label_value(v)}"' for k, v in pairs) + "}"
            chunks[-1] += f"{text} ".encode(errors="replace")
            chunks += (b"", suffix + b"\n")
        return chunks


def _refuse_duplicates(listed: Sequence[Series]) -> None:
    seen: set[tuple[str, ...]] = set()
    families: set[str] = set()
    before = ""
    for family, labels, _ in listed:
        if family.name != before:
            if family.name in families:
                raise MalformedError(f"the family {family.name} comes twice")
            families.add(family.name)
            before = family.name
            seen.clear()
        if labels in seen:
            raise MalformedError(f"{family.name} has the labels {labels} twice")
        seen.add(labels)


class Block(NamedTuple):
    """What a collector hands over at a scrape: a layout and its values of now."""

    layout: Layout
    values: Sequence[bytes]


class VaryingSeries:
    """Makes a block of series that may be others at each scrape; for a few, not for thousands."""

    __slots__ = ("_layout",)

    def __init__(self) -> None:
        self._layout = Layout(())

    def block(self, pairs: Iterable[tuple[Series, bytes]]) -> Block:
        """The block of these samples, which are brought together by family.

        Raises:
            MalformedError: a series comes twice.
        """
        families: dict[str, list[tuple[Series, bytes]]] = {}
        for pair in pairs:
            families.setdefault(pair[0].family.name, []).append(pair)
        ordered = [pair for group in families.values() for pair in group]
        series = tuple([one for one, _ in ordered])
        if series != self._layout.series:
            self._layout = Layout(series)
        return Block(self._layout, [value for _, value in ordered])


def as_they_are(pairs: Sequence[tuple[Series, bytes]]) -> Sequence[tuple[Series, bytes]]:
    """For ``FactSeries`` whose facts are the samples themselves."""
    return pairs


class FactSeries(Generic[Facts]):
    """Series made from facts that seldom change: made anew only when the facts are others.

    Args:
        make: the samples of the facts; it must not read anything else.
    """

    __slots__ = ("_block", "_facts", "_make", "_series")

    def __init__(self, make: Callable[[Facts], Iterable[tuple[Series, bytes]]]) -> None:
        self._make = make
        self._series = VaryingSeries()
        self._facts: Facts | None = None
        self._block: Block | None = None

    def block(self, facts: Facts) -> Block:
        """The block of these facts.

        Raises:
            MalformedError: a series comes twice.
        """
        if self._block is None or facts != self._facts:
            made = self._series.block(self._make(facts))
            # A tuple says that the values stay what they are.
            self._block = Block(made.layout, tuple(made.values))
            self._facts = facts
        return self._block


def render_page(blocks: Iterable[Block], exposition: Exposition) -> bytes:
    """The whole page, in the order of the blocks."""
    parts = [block.layout.render(block.values, exposition) for block in blocks]
    parts.append(exposition.end)
    return b"".join(parts)
