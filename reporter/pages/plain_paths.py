"""Paths of charts written into the PDF as they stand, where WeasyPrint reads each number.

A chart over time has thousands of points. ``M 1 2 L 3 4 z`` is ``1 2 m 3 4 l h`` in PDF, and curves
of two control points are ``c`` in both.
"""

from __future__ import annotations

import re
from typing import Any

import weasyprint
from weasyprint import svg

from reporter.pages.whole_texts import KNOWN

_POINTS = r"(?: -?\d+(?:\.\d+)?)"
_PLAIN = re.compile(rf"\s*(?=M)(?:(?:[ML]{_POINTS}{{2}}|C{_POINTS}{{6}}|z)\s*)+")
_STEP = re.compile(rf"([MLC])((?:{_POINTS})+)")
# What is drawn at a path's points needs these.
_MARKERS = frozenset({"marker", "marker-start", "marker-mid", "marker-end"})


def as_pdf(path: str) -> bytes | None:
    """The operators of a path in absolute coordinates; None: it has other commands than these."""
    if not _PLAIN.fullmatch(path):
        return None
    steps = _STEP.sub(lambda found: f"{found[2]} {found[1].lower()}", path)
    return steps.replace("z", "h").strip().encode("ascii")


def keep_plain_paths() -> bool:
    """Have WeasyPrint write such paths of SVG as they stand from now on; whether it does."""
    if not weasyprint.__version__.startswith(KNOWN):
        return False
    number_by_number = svg.TAGS["path"]
    if getattr(number_by_number, "plain", False):
        return True

    def path(image: Any, node: Any, font_size: float) -> None:
        operators = None if _MARKERS & node.attrib.keys() else as_pdf(node.get("d", ""))
        if operators is None:
            number_by_number(image, node, font_size)
        else:
            image.stream.stream.append(operators)

    path.plain = True  # type: ignore[attr-defined]
    svg.TAGS["path"] = path
    return True
