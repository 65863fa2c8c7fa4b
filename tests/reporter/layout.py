"""What a PDF's pages look like to a program: where words stand, and what is wrong with that.

The words are those of poppler's ``pdftotext``: an outside reader of the PDF, which finds the text
of charts as well.
"""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdf

MILLIMETRE = 72 / 25.4
# Of the page's edge, as in reporter/templates/report.css; the running lines stand outside.
SIDE, TOP, BOTTOM = 16 * MILLIMETRE, 15 * MILLIMETRE, 15 * MILLIMETRE
TOLERANCE = 1.0
AVAILABLE = all(shutil.which(program) for program in ("pdftotext", "pdftoppm"))


@dataclass(frozen=True)
class Word:
    """A word and its box in points, from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def inner(self) -> Word:
        """Its letters' box: that of poppler has room for the line above, too."""
        height, width = self.bottom - self.top, self.right - self.left
        if height > width and len(self.text) > 1:
            # Turned by 90 degrees.
            across = 0.25 * width
            return Word(self.text, self.left + across, self.top, self.right - across, self.bottom)
        across = 0.25 * height
        return Word(self.text, self.left, self.top + across, self.right, self.bottom - across)

    def covers(self, other: Word) -> bool:
        """Whether both share more than a hair's breadth."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width > TOLERANCE and height > TOLERANCE


@dataclass(frozen=True)
class Sheet:
    """A page: its number from 1, its size in points, and its words."""

    number: int
    width: float
    height: float
    words: Sequence[Word]

    @property
    def body(self) -> list[Word]:
        """The words between the running lines."""
        return [w for w in self.words if TOP < (w.top + w.bottom) / 2 < self.height - BOTTOM]


def sheets(pdf: Path) -> list[Sheet]:
    """The pages of a file."""
    done = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True)
    # Characters that XML has no place for do not matter here.
    text = "".join(c for c in done.stdout.decode() if c >= " " or c in "\n\t")
    pages = ET.fromstring(text).iter("{http://www.w3.org/1999/xhtml}page")
    return [
        Sheet(number, float(page.get("width", 0)), float(page.get("height", 0)), list(_words(page)))
        for number, page in enumerate(pages, 1)
    ]


def _words(page: ET.Element) -> Iterator[Word]:
    for one in page:
        sides = [float(one.get(side, 0)) for side in ("xMin", "yMin", "xMax", "yMax")]
        yield Word(one.text or "", *sides)


def faults(pdf: Path) -> list[str]:
    """What is wrong with a file's pages, in words; empty when nothing is."""
    found = sheets(pdf)
    return [
        f"page {sheet.number}: {fault}"
        for sheet in found
        for fault in (*outside(sheet), *overlapping(sheet), *empty(sheet, len(found)))
    ] + orphaned(pdf, found)


def outside(sheet: Sheet) -> Iterator[str]:
    """Words beyond the sides' margins, or the page."""
    for word in sheet.words:
        if word.left < SIDE - TOLERANCE or word.right > sheet.width - SIDE + TOLERANCE:
            yield f"{word.text!r} stands outside of the margins"
        elif word.top < 0 or word.bottom > sheet.height:
            yield f"{word.text!r} stands outside of the page"


def overlapping(sheet: Sheet) -> Iterator[str]:
    """Words that cover each other."""
    inner = sorted((word.inner for word in sheet.words), key=lambda word: word.top)
    for i, word in enumerate(inner):
        for other in inner[i + 1 :]:
            if other.top >= word.bottom:
                break
            if word.covers(other):
                yield f"{word.text!r} and {other.text!r} cover each other"


def empty(sheet: Sheet, count: int) -> Iterator[str]:
    """Pages with nothing on them, and pages in the middle of which the most is empty."""
    lowest = max((word.bottom for word in sheet.body), default=0.0)
    if len(sheet.body) < 5:
        yield "nothing stands on it"
    elif sheet.number < count and lowest < 0.4 * sheet.height:
        yield f"it is empty from {lowest / sheet.height:.0%} on"


def orphaned(pdf: Path, found: Sequence[Sheet]) -> list[str]:
    """Headings below which nothing follows on their page."""
    reader = pypdf.PdfReader(pdf)
    lost = []
    for heading, number, top in _headings(reader, reader.outline):
        sheet = found[number]
        # A heading may take several lines; what follows is not of its words.
        below = [w for w in sheet.body if w.top > sheet.height - top]
        if len(below) <= len(heading.split()) + 2:
            lost.append(f"page {number + 1}: {heading!r} stands alone at the end")
    return lost


def _headings(reader: pypdf.PdfReader, outline: object) -> Iterator[tuple[str, int, float]]:
    assert isinstance(outline, list)
    for one in outline:
        if isinstance(one, list):
            yield from _headings(reader, one)
        else:
            number = reader.get_destination_page_number(one)
            assert number is not None
            yield str(one.title), number, float(one.top or 0)
