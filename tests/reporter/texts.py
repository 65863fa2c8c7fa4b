"""Every text of the report that a catalogue should have, found in the code and the templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from perfanalysis.machines.identity import PURCHASE_OPTIONS
from reporter.charts.week import DAYS
from reporter.pages.files import TEMPLATES
from reporter.settings.report import TITLE

ROOM = TEMPLATES.parent
# What is said by a name that is a value: labels of lines, axes and layers, and options.
BY_VALUE = {
    *DAYS,
    *(option.replace("_", " ") for option in PURCHASE_OPTIONS),
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
    "Received and sent, by interface, the busiest; virtual interfaces are left out.",
    "Received and sent, by interface; those that the settings name.",
    "Received and sent, by interface: that of the default route, then the busiest; virtual"
    " interfaces are left out.",
    "Read and written, the busiest.",
    "Read and written, of the disks that the settings name.",
    "Share of time in which a disk had something to do; the four busiest.",
    "Share of time in which a disk had something to do; those that the settings name.",
}
# Calls whose texts are shown, and which of their arguments these are.
SAID = {
    "say": (0,),
    "said": (0,),
    "section": (1,),
    "drawing": (2, 3),
    "_scale": (1,),
    "_bytes": (3, 4),
    "_trend": (3,),
}


def every() -> set[str]:
    """All of them, in English."""
    found = set(BY_VALUE)
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
