"""The canvas of charts: text stays text, and is measured also where matplotlib's fonts lack it.

Who shows a chart has fonts for most scripts and joins and orders their letters; matplotlib only
measures the text, to make room for it. Of characters that the fonts of charts lack it would measure
a box, and warn of each. They are measured as others of about their width.
"""

from __future__ import annotations

import codecs
import unicodedata
from functools import cache
from typing import IO, Any

from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.font_manager import FontProperties, fontManager, get_font

# A letter, and one as wide as it is high, as those of East Asia and emoji are.
LETTER, WIDE = "n", "\N{EM DASH}"


def measurable(text: str, families: tuple[str, ...]) -> str:
    """A text of about the same width, of characters that the fonts have.

    Args:
        text: as it will be shown.
        families: of the fonts, the first first.
    """
    if text.isascii():
        return text
    known = _characters(families)
    return "".join(one if ord(one) in known else _like(one) for one in text)


def _like(one: str) -> str:
    # Marks stand above or below others, and signs of format are not seen.
    if unicodedata.category(one) in {"Mn", "Me", "Cf"}:
        return ""
    return WIDE if unicodedata.east_asian_width(one) in {"W", "F"} else LETTER


@cache
def _characters(families: tuple[str, ...]) -> frozenset[int]:
    """The code points that some font of these families has."""
    known: set[int] = set()
    for family in families:
        path = fontManager.findfont(FontProperties(family=[family]))
        known.update(get_font(path).get_charmap())
    return frozenset(known)


class _Renderer(RendererSVG):
    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        like = measurable(s, tuple(prop.get_family()))
        measure: Any = super().get_text_width_height_descent
        width, height, descent = measure(like, prop, ismath)
        return width, height, descent


class Canvas(FigureCanvasSVG):
    """A canvas whose figures are written as SVG."""

    def print_svg(
        self,
        filename: IO[bytes],
        *,
        bbox_inches_restore: Any = None,
        metadata: Any = None,
        **_: Any,
    ) -> None:
        """Write the figure; matplotlib calls this.

        Args:
            filename: an open file.
            bbox_inches_restore: for pictures within it.
            metadata: of the document.
            _: what else a canvas may heed; the figure has its colours already.
        """
        dpi = self.figure.dpi
        width, height = self.figure.get_size_inches()
        text = codecs.getwriter("utf-8")(filename)
        # matplotlib's types of these are missing.
        mixed: Any = MixedModeRenderer
        drawing: Any = _Renderer
        own = drawing(width * dpi, height * dpi, text, image_dpi=dpi, metadata=metadata)
        renderer = mixed(
            self.figure, width, height, dpi, own, bbox_inches_restore=bbox_inches_restore
        )
        self.figure.draw(renderer)
        renderer.finalize()
