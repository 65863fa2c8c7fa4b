"""Texts of charts drawn in one piece, where WeasyPrint draws each letter by itself.

Letters that join or change their order (Arabic, Hebrew, Thai, the scripts of India) are right only
together, and a text laid out once costs a tenth of its letters laid out one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import weasyprint
from weasyprint import svg

# The versions that were seen to go through a text by its letters, and by nothing else.
KNOWN = ("70.",)
# What places letters apart needs them one by one.
LETTERS_APART = frozenset({"dx", "dy", "rotate", "letter-spacing", "textLength"})
TAGS = ("a", "text", "textPath", "tspan")


class _Whole(str):
    """A text that goes as one letter."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


def keep_whole() -> bool:
    """Have WeasyPrint draw texts of SVG whole from now on; whether it does.

    Other versions than those known are left as they are.
    """
    if not weasyprint.__version__.startswith(KNOWN):
        return False
    letter_by_letter = svg.text
    if getattr(letter_by_letter, "whole", False):
        return True
    if not all(svg.TAGS.get(tag) is letter_by_letter for tag in TAGS):
        return False

    def text(image: Any, node: Any, font_size: float) -> None:
        if node.text and _stands_together(node.attrib):
            # Read again by ``node.text``.
            node._etree_node.text = _Whole(node.text)
        letter_by_letter(image, node, font_size)

    text.whole = True  # type: ignore[attr-defined]
    svg.text = text
    svg.TAGS.update(dict.fromkeys(TAGS, text))
    return True


def _stands_together(attributes: dict[str, str]) -> bool:
    """Whether nothing but the first letter has a place of its own."""
    lists = (attributes.get(name, "").replace(",", " ").split() for name in ("x", "y"))
    return not LETTERS_APART & attributes.keys() and all(len(places) <= 1 for places in lists)
