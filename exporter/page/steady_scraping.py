"""Which collectors C reads at a scrape, and how they go to it and come back.

A collector goes to C when it has handed over its samples and says what they depend on. A scrape
that finds anything else changed has it read by Python, and afterwards it goes to C again. One whose
series change again and again is left to Python longer each time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from exporter.collecting import Collector
from exporter.native._numbers import lib
from exporter.page.steady_plan import SteadyEntry, SteadyPlan, TotalsEntry
from exporter.sources.steady import (
    TOTALS_BESIDE,
    Look,
    SteadyCollector,
    TotalsRule,
    written_of,
)
from perfanalysis.exposition.rendering import Block

# How many scrapes a collector is left to Python whose series or words have changed: twice as many
# each time.
FIRST_WAIT = 1
LONGEST_WAIT = 256
# One that was with C for so many does not change again and again.
LONG = 64
_TOTALS = "the totals of /proc/stat"


class SteadyObserver(Protocol):
    """What looks at samples, as those that C reads need it."""

    def look_of(self, collector: str, blocks: Sequence[Block]) -> Look | None:
        """What C needs to look; None as long as Python has to."""
        ...

    def judge(self, collector: str, blocks: Sequence[Block], now: float) -> None:
        """Look at samples of which C cannot say that all is well."""
        ...

    def resume(self, collector: str, seen: Look, looks: int) -> None:
        """Go on where C has seen this last, and found so often that all was well."""
        ...

    def totals_rule(self) -> TotalsRule | None:
        """What C needs to look at the totals of /proc/stat."""
        ...

    def observe_totals(self, now: float) -> None:
        """Read these, and look at them."""
        ...

    def judge_totals(self, now: Look) -> None:
        """Look at those of which C cannot say that all is well."""
        ...

    def resume_totals(self, seen: Look, looks: int) -> None:
        """See ``resume``."""
        ...

    def look_anew(self) -> None:
        """Leave what C looks with to a thread that may still be using it."""
        ...


class NotObserved:
    """Nobody looks."""

    def look_of(self, collector: str, blocks: Sequence[Block]) -> Look | None:
        """There are no rules."""
        del collector
        return Look(written_of(blocks), 0.0)

    def judge(self, collector: str, blocks: Sequence[Block], now: float) -> None:
        """See ``SteadyObserver``."""

    def resume(self, collector: str, seen: Look, looks: int) -> None:
        """See ``SteadyObserver``."""

    def totals_rule(self) -> TotalsRule | None:
        """There is none."""
        return None

    def observe_totals(self, now: float) -> None:
        """See ``SteadyObserver``."""

    def judge_totals(self, now: Look) -> None:
        """See ``SteadyObserver``."""

    def resume_totals(self, seen: Look, looks: int) -> None:
        """See ``SteadyObserver``."""

    def look_anew(self) -> None:
        """See ``SteadyObserver``."""


class SteadyScrapes:
    """The collectors that C reads at each scrape.

    Args:
        collectors: all that run, by name.
        observer: what looks at their samples.
    """

    def __init__(self, collectors: Mapping[str, Collector], observer: SteadyObserver) -> None:
        self._able: dict[str, SteadyCollector] = {
            name: collector
            for name, collector in collectors.items()
            if isinstance(collector, SteadyCollector)
        }
        self._observer = observer
        self._plan = SteadyPlan()
        self._entries: dict[str, SteadyEntry] = {}
        # Those that Python has to read in this scrape.
        self._returned: set[str] = set()
        self._waits: dict[str, int] = {}
        self._left_until: dict[str, int] = {}
        self._scrape = 0

    @property
    def names(self) -> frozenset[str]:
        """The collectors that C reads at the next scrape."""
        return frozenset(self._entries) - {_TOTALS}

    @property
    def current(self) -> str | None:
        """The collector that C is reading just now; for other threads."""
        name = self._plan.current
        return TOTALS_BESIDE if name == _TOTALS else name

    def read(self, wanted: Collection[str] | None) -> dict[str, SteadyEntry]:
        """Read the collectors that are with C; those that it has read to the end, by name.

        Args:
            wanted: the names of those that are to be read; None is all.
        """
        self._scrape += 1
        if self._returned:
            # No page was made of what Python has read of them since.
            for name in self._returned:
                self._entries.pop(name, None)
            self._returned.clear()
            self._plan.show(list(self._entries.values()))
        entries = self._entries
        if not entries:
            return {}
        plan = self._plan
        if wanted is None:
            plan.refresh(None)
        else:
            looks = TOTALS_BESIDE in wanted
            plan.refresh(lambda name: name in wanted or (looks and name == _TOTALS))
        if plan is not self._plan:
            # It took too long, and others have gone on without it.
            return {}
        done = {}
        for name, entry in entries.items():
            native = entry.native
            if not native.wanted:
                continue
            if native.outcome == lib.TO_BE_READ:
                self._hand_back(entry)
                continue
            if name != _TOTALS:
                done[name] = entry
            if native.outcome == lib.TO_BE_JUDGED:
                self._judge(entry)
        if _TOTALS in self._returned and TOTALS_BESIDE in done:
            self._observer.observe_totals(done[TOTALS_BESIDE].native.end * 1e-9)
        return done

    def _judge(self, entry: SteadyEntry) -> None:
        observer, before, looks = self._observer, entry.seen_before, entry.take_looks()
        if entry.name == _TOTALS:
            observer.resume_totals(before, looks)
            observer.judge_totals(entry.seen)
        else:
            observer.resume(entry.name, before, looks)
            observer.judge(entry.name, entry.blocks(), entry.seen.seconds)

    def _hand_back(self, entry: SteadyEntry) -> None:
        """Let Python go on with a collector."""
        self._returned.add(entry.name)
        if entry.name == _TOTALS:
            self._observer.resume_totals(entry.seen, entry.take_looks())
        else:
            entry.give_back()
            self._observer.resume(entry.name, entry.seen, entry.take_looks())

    def claim(self, name: str) -> None:
        """Python reads this collector now, whatever C knows of it."""
        if name in self._entries and name not in self._returned:
            self._hand_back(self._entries[name])

    def render(self, results: Sequence[SteadyEntry | Sequence[Block]]) -> list[Any]:
        """See ``SteadyPlan.render``."""
        return self._plan.render(results)

    def abandon(self) -> None:
        """Leave all to the thread that is reading, and may never come back."""
        entries, self._entries = self._entries, {}
        self._plan = SteadyPlan()
        for entry in entries.values():
            self._hand_back(entry)
        self._returned.clear()
        self._observer.look_anew()

    def take(self, handed_over: Mapping[str, Sequence[Block]]) -> None:
        """Take to C those of these collectors that can be left to it from now on.

        Args:
            handed_over: what Python has read in the scrape that is just over.
        """
        known = dict(self._entries)
        for name in self._returned - handed_over.keys():
            self._entries.pop(name, None)
        for name, blocks in handed_over.items():
            if name in self._able:
                self._take_one(name, blocks)
        self._take_totals()
        self._returned.clear()
        if known != self._entries:
            self._plan.show(list(self._entries.values()))

    def _take_one(self, name: str, blocks: Sequence[Block]) -> None:
        if self._scrape < self._left_until.get(name, 0):
            return
        steadiness = self._able[name].steady()
        look = self._observer.look_of(name, blocks)
        before = self._entries.pop(name, None)
        if steadiness is None or look is None or len(steadiness.parts) != len(blocks):
            return
        if before is not None:
            if before.renew(steadiness, blocks, look):
                self._entries[name] = before
                return
            # Its series or words have changed. If they go on to do so, C is of no use.
            if self._scrape - before.since >= LONG:
                self._waits.pop(name, None)
            wait = self._waits[name] = min(LONGEST_WAIT, 2 * self._waits.get(name, FIRST_WAIT))
            self._left_until[name] = self._scrape + wait
            return
        entry = self._entries[name] = SteadyEntry(name, steadiness, blocks, look)
        entry.since = self._scrape

    def _take_totals(self) -> None:
        if TOTALS_BESIDE not in self._entries:
            self._entries.pop(_TOTALS, None)
        elif _TOTALS in self._returned or _TOTALS not in self._entries:
            self._entries.pop(_TOTALS, None)
            rule = self._observer.totals_rule()
            if rule is not None:
                self._entries[_TOTALS] = TotalsEntry(_TOTALS, rule)
