"""The flags ``--collector.python*``, and what a word of ``--collector.python`` asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import Flag, Flags
from perfanalysis.errors import InputError

COLLECTOR = Flag(
    "collector.python",
    (),
    "Python collector to show: MODULE:NAME, or the name of one that is shipped (processes, "
    "sensors, users) or that an installed package offers; ALIAS=... names it (repeatable).",
)
SEARCHED = Flag(
    "collector.python.path",
    (),
    "Folder of modules for --collector.python, searched after all others (repeatable).",
)
MOST_SERIES = Flag(
    "collector.python.max-series",
    10_000,
    "Series that one Python collector may show; it fails when it has more.",
)
TOP = Flag(
    "collector.python.processes.top",
    10,
    "How many groups of processes the collector processes shows by CPU time, as many by memory, "
    "and as many by I/O.",
)
FLAGS = (COLLECTOR, SEARCHED, MOST_SERIES, TOP)
# What stands before the name in node_scrape_collector_success{collector} and in collect[].
PREFIX = "python:"
EXPECTED = "MODULE:NAME, the name of a plug-in, or one of these behind ALIAS="
_LABEL = re.compile(r"[A-Za-z0-9_.-]+")
_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_MOST_TOP = 1000


class PluginReference(NamedTuple):
    """What a word of ``--collector.python`` asks for.

    ``collector`` is its name on the page. ``module`` is empty where ``name`` is that of a plug-in,
    which a package offers; else ``name`` is an attribute of the module.
    """

    collector: str
    module: str
    name: str

    @property
    def shown(self) -> str:
        """As a person writes it."""
        return f"{self.module}:{self.name}" if self.module else self.name


def read_reference(word: str) -> PluginReference:
    """What a word asks for.

    Raises:
        InputError: it has another form.
    """
    before, equals, after = word.partition("=")
    alias, target = (before, after) if equals else ("", word)
    module, colon, name = target.partition(":")
    if colon:
        fits = _PATH.fullmatch(module) and _PATH.fullmatch(name)
    else:
        module, name = "", target
        fits = _LABEL.fullmatch(name)
    if not fits or (equals and not _LABEL.fullmatch(alias)):
        raise InputError(f"--{COLLECTOR.name}", "", EXPECTED, word)
    return PluginReference(PREFIX + (alias or target), module, name)


def read_references(words: Sequence[str]) -> list[PluginReference]:
    """What all words ask for, in their order.

    Raises:
        InputError: one has another form, or two have one name on the page.
    """
    references = [read_reference(word) for word in words]
    seen: set[str] = set()
    for reference in references:
        if reference.collector in seen:
            expected = "each name once (ALIAS=... gives another one)"
            name = reference.collector.removeprefix(PREFIX)
            raise InputError(f"--{COLLECTOR.name}", "", expected, name)
        seen.add(reference.collector)
    return references


def check_numbers(flags: Flags) -> None:
    """Refuse numbers that no plug-in could have.

    Raises:
        InputError: one is out of its range.
    """
    if flags[MOST_SERIES.variable] < 1:
        raise InputError(
            f"--{MOST_SERIES.name}", "", "a number from 1", flags[MOST_SERIES.variable]
        )
    if not 1 <= flags[TOP.variable] <= _MOST_TOP:
        raise InputError(
            f"--{TOP.name}", "", f"a number from 1 to {_MOST_TOP}", flags[TOP.variable]
        )
