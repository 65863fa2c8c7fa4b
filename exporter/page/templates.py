"""Pages whose series stay the same: what stands around the values is laid out once, filled in C.

One text takes less time and memory than its thousands of pieces: see docs/performance.md.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate, groupby

from exporter.native._numbers import ffi, lib
from perfanalysis.exposition.rendering import (
    Block,
    Exposition,
    Layout,
)
from perfanalysis.exposition.values import WrittenValues, written

MOST_KEPT = 4


class _Template:
    """The pieces of layouts that follow each other, one behind the other, and where each ends."""

    def __init__(self, layouts: Sequence[Layout], exposition: Exposition) -> None:
        texts = []
        lengths = array("I", [0])
        for layout in layouts:
            text, own = layout.pieces(exposition)
            texts.append(text)
            lengths[-1] += own[0]
            lengths.extend(own[1:])
        self._text = b"".join(texts)
        # Texts beyond 4 GB raise OverflowError here.
        self._ends = array("I", accumulate(lengths))
        self._counts = [len(layout.series) for layout in layouts]
        # What was written of values that do not change, by their block's place.
        self._lasting: list[tuple[object, bytes]] = [((), b"")] * len(self._counts)

    def fill(self, blocks: Sequence[Block]) -> bytes | None:
        """The lines with the values of now; None where they are not one for each series."""
        values = b"".join([self._written(i, block.values) for i, block in enumerate(blocks)])
        ends = ffi.from_buffer("uint32_t[]", self._ends)
        out = ffi.new("char[]", len(self._text) + len(values))
        length = lib.fill_page(self._text, ends, len(ends) - 1, values, len(values), out)
        if length < 0:
            return None
        page: bytes = ffi.buffer(out, length)[:]
        return page

    def _written(self, place: int, values: Sequence[bytes]) -> bytes:
        if isinstance(values, WrittenValues):
            return values.written
        before, text = self._lasting[place]
        if before is not values:
            if len(values) != self._counts[place]:
                # More than there may be altogether, so that the page is refused.
                return b"\n" * (sum(self._counts) + 1)
            text = written(values)
            # A tuple says that the values stay what they are.
            if isinstance(values, tuple):
                self._lasting[place] = (values, text)
        return text


class _Page:
    """What is laid out of a page: templates, and between them layouts that render themselves."""

    def __init__(self, layouts: list[Layout], exposition: Exposition) -> None:
        self.layouts = layouts
        self._exposition = exposition
        self._parts: list[tuple[int, int, _Template | None]] = []
        begin = 0
        for plain, group in groupby(layouts, lambda layout: layout.of_pieces):
            members = list(group)
            end = begin + len(members)
            template = _Template(members, exposition) if plain else None
            self._parts.append((begin, end, template))
            begin = end

    def fill(self, blocks: Sequence[Block]) -> bytes:
        """The page with the values of now.

        Raises:
            ValueError: there is not one value for each series.
        """
        parts = []
        for begin, end, template in self._parts:
            own = blocks[begin:end]
            filled = None if template is None else template.fill(own)
            if filled is None:
                filled = b"".join(
                    [block.layout.render(block.values, self._exposition) for block in own]
                )
            parts.append(filled)
        if self._exposition.end:
            parts.append(self._exposition.end)
        return b"".join(parts)


class PageTemplates:
    """Renders pages; what is laid out for one serves as long as the next ones are of the same kind
    and layouts."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, object], _Page] = {}

    def render(self, blocks: Sequence[Block], exposition: Exposition, kind: object) -> bytes:
        """The whole page, in the order of the blocks.

        Args:
            blocks: with their values of now.
            exposition: the wire format.
            kind: tells pages apart that have other layouts; a few are remembered.

        Raises:
            ValueError: there is not one value for each series.
        """
        layouts = [block.layout for block in blocks]
        page = self._pages.get((exposition.name, kind))
        if page is None or page.layouts != layouts:
            if len(self._pages) >= MOST_KEPT:
                self._pages.clear()
            page = self._pages[exposition.name, kind] = _Page(layouts, exposition)
        return page.fill(blocks)
