"""Every text of the report that a catalogue should have, found in the code and the templates."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

import reporter
from perfanalysis.machines.identity import PURCHASE_OPTIONS
from reporter.analysis.book_money import PRICE_WORDS
from reporter.analysis.utilisation import DAYS
from reporter.figures import disk_bytes, disks, network
from reporter.figures.catalogue import FIGURES
from reporter.language import LOCALES
from reporter.pages.template_files import TEMPLATES
from reporter.settings.report import TITLE

ROOM = Path(reporter.__file__).parent
# What is said by a name that is a value: labels of lines, axes and layers, and options.
BY_VALUE = {
    *DAYS,
    *(option.replace("_", " ") for option in PURCHASE_OPTIONS),
    *PRICE_WORDS.values(),
    "major faults",
    "pages swapped in",
    "pages swapped out",
    "pages scanned by kswapd",
    "pages scanned directly",
    "in use",
    "slab",
    "cached",
    "buffers",
    "read",
    "written",
    "receive",
    "transmit",
    "memory",
    "CPU",
    "I/O",
    "busiest disk",
    "network",
    "Memory used",
    "units per second",
    "units per dollar",
    TITLE,
    disk_bytes.NAMED,
    disks.NAMED,
    network.NAMED,
    network.ROUTED,
}
# Calls whose texts are shown, and which of their arguments these are.
SAID = {"say": (0,), "said": (0,), "section": (1,), "scale": (1,), "percent": (1,)}


def every() -> set[str]:
    """All of them, in English."""
    found = set(BY_VALUE)
    for figure in FIGURES.values():
        found |= {figure.title, figure.caption}
    for path in ROOM.rglob("*.py"):
        found |= set(_in_code(path.read_text()))
    for path in TEMPLATES.rglob("*.j2"):
        text = path.read_text()
        found |= set(re.findall(r'\b_\("([^"]+)"', text))
        found |= set(re.findall(r'page\.section\([^,]+, "([^"]+)"\)', text))
        for places in re.findall(r'page\.uses\("([^"]+)"', text):
            found.add(places)
    return found - {""}


def _in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        for place in SAID.get(name, ()):
            if place < len(node.args):
                argument = node.args[place]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def translated(name: str) -> dict[str, str]:
    """A catalogue's texts in English, and in its language: "" where nobody has said it yet."""
    with (LOCALES / f"{name}.po").open("rb") as file:
        return {str(e.id): str(e.string) for e in read_po(file, locale=name) if e.id}


def update(name: str) -> None:
    """Bring a catalogue up to date: new texts come without a translation, those gone go."""
    path = LOCALES / f"{name}.po"
    head, _, _ = path.read_text().partition("\n\n")
    known, catalogue = translated(name), Catalog(locale=name)
    for text in every():
        # Babel takes "95 % interval" for a format of Python's operator.
        catalogue.add(text, known.get(text, "")).flags.clear()
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=True, sort_output=True)
    path.write_text(f"{head}\n\n{out.getvalue().decode().rstrip()}\n")
