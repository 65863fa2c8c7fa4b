"""What a collector is: the words that all files in exporter/collectors/ share.

What they may raise is declared with the sources, which raise it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from exporter.sources.errors import CodeFailedError, CollectorError, NothingToRead
from exporter.sources.files import Sources
from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.exposition.families import Family
from perfanalysis.exposition.rendering import Block

__all__ = [
    "CodeFailedError",
    "Collector",
    "CollectorError",
    "CollectorSpecification",
    "Flag",
    "Flags",
    "NothingToRead",
    "switch_of",
]


class Collector(Protocol):
    """One subject: reads its sources and hands over the samples of now."""

    def collect(self) -> Sequence[Block]:
        """All samples of now, or none: nothing is handed over before everything was understood.

        Raises:
            MalformedError: a source is malformed (``CollectorError``), or a series comes twice.
            OSError: a source cannot be read.
            CodeFailedError: code of others failed.
            NothingToRead: the machine has none of it.
        """
        ...


class Flag(NamedTuple):
    """One flag of a collector, spelled as node_exporter spells it where node_exporter has it.

    ``name`` is what stands behind ``--``. ``default`` gives the type too: a bool makes a
    ``--name/--no-name`` pair; None is a text that is absent by default; a tuple makes a flag that
    can be given several times.
    """

    name: str
    default: str | int | float | bool | tuple[str, ...] | None
    help: str

    @property
    def variable(self) -> str:
        """The flag's name as a Python identifier, which is how a collector looks it up."""
        return self.name.replace(".", "_").replace("-", "_")


Flags = Mapping[str, Any]


DISABLE_DEFAULTS = Flag(
    "collector.disable-defaults", False, "Run only collectors that a flag names."
)


def switch_of(name: str) -> Flag:
    """The flag that turns the collector of that name on or off."""
    return Flag(f"collector.{name}", None, f"Run the {name} collector.")


class CollectorSpecification(NamedTuple):
    """How a collector is known, switched, configured and made.

    ``name`` is the label of ``node_scrape_collector_success`` and the word in
    ``--collector.NAME``; ``families`` is all it can show; ``create`` gets the sources and the
    values of all flags (by ``Flag.variable``), and raises ``perfanalysis.errors.InputError`` when
    a flag's value is unusable; ``enabled`` says whether it runs when no flag names it;
    ``implied_by`` is a flag of its own that turns it on, too, and ``disabled_by`` one that turns
    it off; ``create_beside`` stands for ``create`` where people choose the names of its families,
    and gets the catalogue of those that they may not choose.
    """

    name: str
    families: tuple[Family, ...]
    create: Callable[[Sources, Flags], Collector]
    flags: tuple[Flag, ...] = ()
    enabled: bool = True
    implied_by: Flag | None = None
    disabled_by: Flag | None = None
    create_beside: Callable[[Sources, Flags, Catalogue], Collector] | None = None

    @property
    def switch(self) -> Flag:
        """The flag that turns the collector on or off."""
        return switch_of(self.name)

    def is_named(self, arguments: Sequence[str]) -> bool:
        """Whether a command line can name the collector or its flags: they are always known."""
        del arguments
        return True

    def is_wanted(self, flags: Flags) -> bool:
        """Whether the collector is to run: its switch decides, then what else turns it on or off.

        Args:
            flags: of the command.
        """
        switched = flags[self.switch.variable]
        if switched is not None:
            return bool(switched)
        if self.implied_by is not None and flags[self.implied_by.variable] is not None:
            return True
        if self.disabled_by is not None and flags[self.disabled_by.variable]:
            return False
        return self.enabled and not flags[DISABLE_DEFAULTS.variable]

    def make(self, sources: Sources, flags: Flags, catalogue: Catalogue) -> Collector:
        """The collector.

        Raises:
            InputError: a flag's value is unusable.
        """
        if self.create_beside is not None:
            return self.create_beside(sources, flags, catalogue)
        return self.create(sources, flags)
