"""Collectors over a capture: what they read of /proc comes from the texts of a tick.

A capture is what another program has taken of a machine over time; see
``perfanalysis/recordings/captures.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from exporter.collecting import (
    Collector,
    CollectorError,
    Flags,
    NothingToRead,
)
from exporter.collecting.deferred import Registered
from exporter.sources.files import KeptFile, Paths, Sources
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

# The collectors that read nothing but files of /proc, which a capture can hold.
READ_PROC_ONLY = frozenset(
    {
        "conntrack",
        "cpu",
        "diskstats",
        "entropy",
        "filefd",
        "loadavg",
        "meminfo",
        "netdev",
        "netstat",
        "pressure",
        "schedstat",
        "sockstat",
        "softnet",
        "stat",
        "vmstat",
    }
)
PROC = "/proc/"
# A folder that is in no tree, so that nothing of this machine is taken for the capture's.
_NOWHERE = Path("/proc/self/no-such-tree")


class CapturedFile(KeptFile):
    """A file of the tick."""

    __slots__ = ("_subsystem", "_tick")

    def __init__(self, name: str, sources: CapturedSources) -> None:
        super().__init__(sources.paths.procfs / name, sources)
        self._subsystem = PROC + name
        self._tick = sources

    def read(self) -> bytes:
        """What the tick has of it.

        Raises:
            FileNotFoundError: it has nothing.
        """
        text = self._tick.texts.get(self._subsystem)
        if text is None:
            self._tick.missed.append(self._subsystem)
            raise FileNotFoundError(f"the capture has no {self._subsystem}")
        self._tick.found = True
        return text


class CapturedSources(Sources):
    """Files of /proc out of a capture.

    Attributes:
        texts: those of the tick, by their paths.
        found: whether a file was read that the tick has, since this was set to False.
        missed: the files that were read and that it does not have.
    """

    def __init__(self) -> None:
        super().__init__(Paths(_NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE))
        self.texts: dict[str, bytes] = {}
        self.found = False
        self.missed: list[str] = []

    def proc(self, name: str, longest_line: int | None = None) -> KeptFile:
        """The file of that name below /proc."""
        del longest_line
        return CapturedFile(name, self)


def records_of(text: bytes, what: str) -> list[dict[str, Any]]:
    """The JSON objects of a tick's text, one a line.

    Args:
        text: of the tick.
        what: its name, for messages.

    Raises:
        CollectorError: a line is none.
    """
    found = []
    for line in text.split(b"\n"):
        if line.strip():
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise CollectorError(f"{what}: expected a JSON object a line") from error
            if not isinstance(entry, dict):
                raise CollectorError(f"{what}: expected a JSON object a line")
            found.append(entry)
    return found


def number_in(record: dict[str, Any], field: str, what: str) -> int:
    """A field that is a number from 0.

    Raises:
        CollectorError: it is none.
    """
    value = record.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CollectorError(f"{what}: expected a number in {field}, found {value!r}")
    return value


class CapturedSeries:
    """A collector of what is in no file of /proc."""

    def __init__(
        self,
        sources: CapturedSources,
        make: Callable[[dict[str, bytes]], list[tuple[Series, bytes]]],
    ) -> None:
        self._sources = sources
        self._make = make
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        pairs = self._make(self._sources.texts)
        if not pairs:
            raise NothingToRead
        return [self._series.block(pairs)]


Outcome = Sequence[Block] | MalformedError


class CapturedCollectors:
    """The collectors that read /proc, over the ticks of one machine's capture.

    Args:
        specifications: the collectors of which those that read /proc are used.
        flags: the exporter's.
    """

    def __init__(self, specifications: Sequence[Registered], flags: Flags) -> None:
        self.sources = CapturedSources()
        # Collectors that had nothing to read: of which files, and what they made of that.
        self._idle: dict[str, tuple[frozenset[str], Outcome | None]] = {}
        self._collectors: dict[str, Collector] = {
            specification.name: specification.create(self.sources, flags)
            for specification in specifications
            if specification.name in READ_PROC_ONLY
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Of the collectors."""
        return tuple(self._collectors)

    def add(self, name: str, collector: Collector) -> None:
        """Let another collector look at the ticks, too."""
        self._collectors[name] = collector

    def collect(self, texts: dict[str, bytes]) -> Iterator[tuple[str, Outcome]]:
        """What each collector makes of a tick's texts; those that find nothing are left out."""
        self.sources.texts = texts
        for name, collector in self._collectors.items():
            idle = self._idle.get(name)
            # What these files are not told, it makes nothing else of.
            outcome = (
                idle[1] if idle and idle[0].isdisjoint(texts) else self._outcome(name, collector)
            )
            if outcome is not None:
                yield name, outcome

    def _outcome(self, name: str, collector: Collector) -> Outcome | None:
        """What it makes of the tick; None when it finds nothing."""
        sources = self.sources
        sources.found, sources.missed = False, []
        outcome: Outcome | None = None
        try:
            outcome = collector.collect()
        except MalformedError as error:
            outcome = error
        except (NothingToRead, OSError):
            pass
        self._idle.pop(name, None)
        if sources.missed and not sources.found and not outcome:
            self._idle[name] = frozenset(sources.missed), outcome
        return outcome
