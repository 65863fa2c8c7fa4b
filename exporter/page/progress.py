"""A scrape on its way, and those who look at what the collectors give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from exporter.page.steady_plan import SteadyEntry
from exporter.page.steady_scraping import SteadyObserver
from perfanalysis.exposition.rendering import Block


class Progress:
    """One scrape on its way: which collectors are still to run, and what the others gave."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        # By place: what a collector gave, None when it failed, and the nanoseconds it took.
        self.results: list[SteadyEntry | Sequence[Block] | None] = [None] * len(names)
        self.durations = [0] * len(names)
        self._to_run: Sequence[int] = range(len(names))
        self._done = 0
        # Whether those that C reads have had their turn.
        self.begun = False
        # What each collector gave, and when, that nobody has observed yet.
        self.unseen: list[tuple[str, Sequence[Block], float]] = []

    def take(self, steady: Mapping[str, SteadyEntry]) -> None:
        """Take what C has read, before all others have their turn."""
        if not steady:
            return
        to_run = []
        for place, name in enumerate(self.names):
            entry = steady.get(name)
            if entry is None:
                to_run.append(place)
            else:
                self.results[place] = entry
                self.durations[place] = entry.native.took
        self._to_run = to_run

    @property
    def blocks(self) -> list[Block]:
        """All that they have given."""
        blocks: list[Block] = []
        for result in self.results:
            blocks += result.blocks() if isinstance(result, SteadyEntry) else result or ()
        return blocks

    @property
    def handed_over(self) -> dict[str, Sequence[Block]]:
        """What Python has read, by collector."""
        return {
            name: result
            for place in self._to_run
            for name, result in ((self.names[place], self.results[place]),)
            if result is not None and not isinstance(result, SteadyEntry)
        }

    def next(self) -> str | None:
        """The collector whose turn it is, or None when all have had theirs."""
        return self.names[self._to_run[self._done]] if self._done < len(self._to_run) else None

    def add(self, collected: Sequence[Block] | None, nanoseconds: int, end: int = 0) -> None:
        """Take what the collector gave whose turn it was.

        Args:
            collected: its blocks, None when it failed.
            nanoseconds: that it took.
            end: when it was done, in nanoseconds by the monotonic clock.
        """
        place = self._to_run[self._done]
        self._done += 1
        self.durations[place] = nanoseconds
        self.results[place] = collected
        if collected:
            self.unseen.append((self.names[place], collected, end * 1e-9))


class ScrapeObserver(SteadyObserver, Protocol):
    """Looks at what the collectors hand over, in the turn of the collector ``name``."""

    name: str

    def observe(self, collector: str, blocks: Sequence[Block], now: float) -> None:
        """A collector has handed over its samples, at ``now`` by the monotonic clock."""
        ...

    def observe_failure(self, collector: str, text: str) -> None:
        """A collector could not understand its source."""
        ...


class ConflictResolver(Protocol):
    """Shows names that others chose, so it has to know those of the whole page."""

    @property
    def has_chosen_names(self) -> bool:
        """Whether there are such names now."""
        ...

    def resolve_conflicts(
        self, blocks: Sequence[Block], reserved: frozenset[str]
    ) -> Sequence[Block]:
        """The blocks of a page, without names that others show as well."""
        ...
