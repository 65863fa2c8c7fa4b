"""Collectors of what few machines have: their files are loaded when it is there.

Fourteen of those that are on by default find nothing on a usual machine. Not loading them is 6 % of
the CPU time that starting takes, and 0.4 MB of resident memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from exporter.collecting import (
    DISABLE_DEFAULTS,
    Collector,
    CollectorSpecification,
    Flags,
    NothingToRead,
)
from exporter.collecting.deferred import DeferredSpecification
from exporter.sources.files import Sources
from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.exposition.rendering import Block


class AwaitedCollector:
    """Has nothing to read until its file or folder is there; then it is the collector itself.

    Args:
        sources: where it is looked for.
        place: the file or folder, such as ``sys/class/hwmon`` or ``proc/mdstat``.
        make: makes the collector.
    """

    def __init__(self, sources: Sources, place: str, make: Callable[[], Collector]) -> None:
        self._path = sources.path_of(place)
        self._make = make
        self._made: Collector | None = None

    def collect(self) -> Sequence[Block]:
        """See ``Collector.collect``."""
        if self._made is None:
            try:
                os.stat(self._path)  # noqa: PTH116 - a third of the cost
            except (FileNotFoundError, NotADirectoryError) as error:
                raise NothingToRead from error
            except OSError:
                # The collector itself says why it cannot read it.
                pass
            self._made = self._make()
        return self._made.collect()


class AwaitedSpecification(DeferredSpecification):
    """What ``CollectorSpecification`` is, of a collector that is on by default.

    Args:
        name: of the collector.
        place: without this file or folder it has nothing to read.
        load: hands over its specification, and loads its file for that.
    """

    __slots__ = ("_place",)

    enabled = True

    def __init__(self, name: str, place: str, load: Callable[[], CollectorSpecification]) -> None:
        super().__init__(name, load)
        self._place = place

    def is_wanted(self, flags: Flags) -> bool:
        """Whether the collector is to run.

        Args:
            flags: of the command.
        """
        switched = flags[self.switch.variable]
        return not flags[DISABLE_DEFAULTS.variable] if switched is None else bool(switched)

    def create(self, sources: Sources, flags: Flags) -> Collector:
        """The collector itself; see ``CollectorSpecification``.

        Its own flags are not among those that were read unless the command line names it.
        """
        defaults = {flag.variable: flag.default for flag in self.loaded.flags}
        return self.loaded.create(sources, defaults | dict(flags))

    def make(self, sources: Sources, flags: Flags, catalogue: Catalogue) -> Collector:
        """The collector; made at once where it is loaded, as it is for who gives one of its flags.

        Raises:
            InputError: a flag's value is unusable.
        """
        del catalogue
        if self.is_loaded:
            return self.create(sources, flags)
        return AwaitedCollector(sources, self._place, lambda: self.create(sources, flags))
