"""Collectors whose file is loaded for who wants them; nobody else has it in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exporter.collecting import Collector, CollectorSpecification, Flag, Flags, switch_of
from exporter.sources.files import Sources
from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.exposition.families import Family


class DeferredSpecification:
    """What ``CollectorSpecification`` is, of a collector that is off by default.

    Its families and its own flags are known from the moment on when they are asked for.

    Args:
        name: of the collector.
        load: hands over its specification, and loads its file for that.
    """

    __slots__ = ("_load", "_loaded", "name")

    enabled = False
    implied_by: Flag | None = None

    def __init__(self, name: str, load: Callable[[], CollectorSpecification]) -> None:
        self.name = name
        self._load = load
        self._loaded: CollectorSpecification | None = None

    @property
    def loaded(self) -> CollectorSpecification:
        """The specification in the collector's file."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    @property
    def is_loaded(self) -> bool:
        """Whether somebody has asked for it already."""
        return self._loaded is not None

    @property
    def families(self) -> tuple[Family, ...]:
        """All that it can show."""
        return self.loaded.families

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Its own, without its switch."""
        return self.loaded.flags

    @property
    def switch(self) -> Flag:
        """The flag that turns the collector on or off."""
        return switch_of(self.name)

    def is_named(self, arguments: Sequence[str]) -> bool:
        """Whether a command line names the collector, or one of its flags."""
        beginnings = (f"--collector.{self.name}", f"--no-collector.{self.name}")
        for argument in arguments:
            for beginning in beginnings:
                if argument.startswith(beginning):
                    behind = argument[len(beginning) : len(beginning) + 1]
                    if behind in ("", ".", "="):
                        return True
        return False

    def is_wanted(self, flags: Flags) -> bool:
        """Whether the collector is to run: its switch says so, and nothing else does.

        Args:
            flags: of the command.
        """
        return bool(flags[self.switch.variable])

    def create(self, sources: Sources, flags: Flags) -> Collector:
        """The collector; see ``CollectorSpecification``."""
        return self.loaded.create(sources, flags)

    def make(self, sources: Sources, flags: Flags, catalogue: Catalogue) -> Collector:
        """The collector.

        Raises:
            InputError: a flag's value is unusable.
        """
        return self.loaded.make(sources, flags, catalogue)


# What the list of collectors holds.
Registered = CollectorSpecification | DeferredSpecification
