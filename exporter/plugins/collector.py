"""A Python collector of others as a collector of the exporter: what it does costs itself alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from exporter.collecting import CodeFailedError
from exporter.collectors.textfile.families import TextFamily
from exporter.plugins.conversion import Converted, convert
from exporter.plugins.layout import PluginLayout, shape_of, text_length, values_of
from exporter.plugins.loading import Collecting, Make
from perfanalysis.errors import InputError
from perfanalysis.exposition.rendering import Block

LOG = logging.getLogger(__name__)

# What could not be imported or made is tried again after so many seconds.
RETRY_SECONDS = 60.0
# Of what a plug-in says itself.
LONGEST_SHOWN = 300
MOST_LINES = 10
# Families that are new at each scrape would fill the log.
QUIET_SECONDS = 60.0
# Of names, labels and helps, for each series that it may have: they stay in memory.
TEXT_PER_SERIES = 1024

IsTaken = Callable[[TextFamily], bool]


def described(error: BaseException) -> str:
    """An error of a plug-in in one line."""
    said = " ".join(str(error).split())
    text = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


class PluginCollector:
    """Imports a plug-in in a thread of its own, and shows what its collector gives.

    Args:
        name: on the page, ``python:...``.
        make: imports it and makes the collector.
        is_taken: whether the exporter has the names of a family itself.
        most: series that it may have.
    """

    def __init__(self, name: str, make: Make, is_taken: IsTaken, most: int) -> None:
        self.name = name
        self.refusals: dict[str, int] = {}
        self._make = make
        self._is_taken = is_taken
        self._most = most
        self._target: Collecting | None = None
        self._problem: BaseException | None = None
        self._tried = 0.0
        self._thread = threading.Thread(target=self._load, name=name, daemon=True)
        self.layout = PluginLayout(())
        self._last_failure = ("", "")
        self._complaints: dict[str, frozenset[str]] = {}
        self._quiet_until: dict[str, float] = {}

    def start(self) -> None:
        """Begin to import it."""
        self._thread.start()

    def settle(self, until: float) -> None:
        """Wait until it is imported, and no longer than ``until``, by the monotonic clock.

        Raises:
            InputError: there is nothing of that name, or it is no collector.
        """
        self._thread.join(max(0.0, until - monotonic()))
        if self._thread.is_alive():
            LOG.warning("collector %s is still being imported; it is shown from then on", self.name)
        elif isinstance(self._problem, InputError):
            raise self._problem
        elif self._problem is not None:
            LOG.error("collector %s: %s", self.name, described(self._problem))
            LOG.debug("collector %s: where it failed", self.name, exc_info=self._problem)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            converted = convert(self._gathered(self._loaded()))
        except CodeFailedError:
            raise
        except BaseException as error:
            # Also sys.exit() and KeyboardInterrupt, which would end the thread of the scrapes.
            raise CodeFailedError(self._told(error)) from error
        self._last_failure = ("", "")
        taken = [family for family in converted.families if self._is_taken(family)]
        kept = [family for family in converted.families if family not in taken]
        self._note(converted, taken)
        return [self._block(kept)]

    def yield_to(self, block: Block, claimed: frozenset[str]) -> Block:
        """The block without the families whose names others on the page have."""
        layout = block.layout
        assert isinstance(layout, PluginLayout)
        if not layout.claims & claimed:
            return block
        kept = layout.without(claimed, block.values)
        names = {family.name for family in kept}
        lost = [family.name for family in layout.shape if family.name not in names]
        self.refusals["name"] += len(lost)
        said = dict.fromkeys(lost, "another collector shows it")
        self._complain("others", said)
        return Block(PluginLayout(shape_of(kept)), values_of(kept))

    def _block(self, families: Sequence[TextFamily]) -> Block:
        shape = shape_of(families)
        if shape != self.layout.shape:
            most = self._most * TEXT_PER_SERIES
            if text_length(shape) > most:
                raise CodeFailedError(f"has more than {most} characters of names and labels")
            self.layout = PluginLayout(shape)
        return Block(self.layout, values_of(families))

    def _loaded(self) -> Collecting:
        if self._target is None:
            if self._thread.is_alive():
                raise CodeFailedError("is still being imported")
            if monotonic() - self._tried >= RETRY_SECONDS:
                self._load()
            if self._target is None:
                assert self._problem is not None
                raise CodeFailedError(described(self._problem)) from self._problem
        return self._target

    def _load(self) -> None:
        try:
            self._target = self._make()
        except BaseException as error:  # noqa: BLE001 - whatever it does, also sys.exit()
            self._problem = error
        self._tried = monotonic()

    def _gathered(self, target: Collecting) -> list[Any]:
        found = []
        count = 0
        for metric in target.collect():
            found.append(metric)
            count += max(1, len(getattr(metric, "samples", ())))
            if count > self._most:
                raise CodeFailedError(f"has more than {self._most} series")
        return found

    def _told(self, error: BaseException) -> str:
        """What to say of a failure: while it stays of one kind, the same, so that it is said once.

        Texts of others may hold a time or an address.
        """
        kind = type(error).__name__
        if self._last_failure[0] != kind:
            self._last_failure = (kind, described(error))
            LOG.debug("collector %s: where it failed", self.name, exc_info=error)
        return self._last_failure[1]

    def _note(self, converted: Converted, taken: Sequence[TextFamily]) -> None:
        self.refusals = {"name": len(taken), "invalid": len(converted.refusals)}
        said = {one.name: "the exporter or Prometheus has that name itself" for one in taken}
        said |= {one.name: one.text for one in converted.refusals}
        self._complain("own", said)

    def _complain(self, about: str, said: Mapping[str, str]) -> None:
        """Log of which families it was not said before that they are left out, and why.

        What is wrong with one may be told in other words at each scrape.
        """
        told = self._complaints.get(about, frozenset()) & said.keys()
        new = sorted(said.keys() - told)
        if new and monotonic() >= self._quiet_until.get(about, 0.0):
            for name in new[:MOST_LINES]:
                LOG.warning("collector %s: %s", self.name, in_one_line(name, said[name]))
            if len(new) > MOST_LINES:
                LOG.warning("collector %s: and %d more", self.name, len(new) - MOST_LINES)
            told = frozenset(said)
            self._quiet_until[about] = monotonic() + QUIET_SECONDS
        self._complaints[about] = told


def in_one_line(name: str, why: str) -> str:
    """That a family is left out; both texts are of others."""
    shown = " ".join(name.split())
    return f"{shown} is left out: {' '.join(why.split())[:LONGEST_SHOWN]}"
