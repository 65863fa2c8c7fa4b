"""Records tick by tick until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from exporter.native._numbers import lib

from exporter.page.scraping import Scraper
from perfanalysis.exposition.families import Series
from workload.recording.collecting import Together

LOG = logging.getLogger(__name__)
# As Prometheus aligns its scrapes (scrape.timestamp-tolerance): times of equal distance.
TOLERANCE_SECONDS = 0.002
# By then all has been read and written once: what the start alone ran need not stay in memory.
SETTLED_TICKS = 8


class TickOutput(Protocol):
    """Where ticks go."""

    @property
    def size(self) -> int:
        """Bytes that are written."""
        ...

    def tick(self, time: float, series: Sequence[Series], values: Sequence[bytes]) -> None:
        """See ``RecordingWriter.tick``."""
        ...

    def close(self) -> None:
        """End the open frame."""
        ...


class RecordedTicks:
    """What was recorded so far.

    Attributes:
        ticks: that were read.
        series: of the last tick.
        failures: how often a frame could not be written; its ticks are lost.
    """

    def __init__(self) -> None:
        self.ticks = 0
        self.series = 0
        self.failures = 0


class RecordingSession:
    """Reads the machine every ``step`` seconds, at whole multiples of it by the clock.

    A tick that is late is not made up for: what the counters were, nobody knows. So a machine that
    slept or stood still leaves a gap.

    Args:
        scraper: reads the machine.
        output: takes the ticks.
        step: seconds.
    """

    def __init__(self, scraper: Scraper, output: TickOutput, step: float) -> None:
        self.tally = RecordedTicks()
        self._scraper = scraper
        self._output = output
        self._step = step
        self._together = Together()
        self._complaint = ""

    def run(self, stop: threading.Event, duration: float | None) -> None:
        """Record until ``stop`` is set, or for so many seconds.

        Args:
            stop: ends it, at once.
            duration: by the monotonic clock; None: without end.
        """
        end = None if duration is None else time.monotonic() + duration
        while not stop.wait(self._wait(end)):
            if end is not None and time.monotonic() >= end:
                return
            self.tick()

    def tick(self) -> None:
        """Read the machine once, and write it down."""
        moment = aligned(time.time(), self._step)
        progress = self._scraper.begin()
        while (name := progress.next()) is not None:
            progress.add(*self._scraper.run(name, progress))
        series, values = self._together.of(progress.blocks)
        self.tally.ticks += 1
        self.tally.series = len(series)
        try:
            self._output.tick(moment, series, values)
        except OSError as error:
            self._fail(error)
        if self.tally.ticks == SETTLED_TICKS:
            lib.give_memory_back()

    def _fail(self, error: OSError) -> None:
        """A full disk, mostly, which may have room again."""
        self.tally.failures += 1
        if str(error) != self._complaint:
            LOG.error("a frame could not be written, and its ticks are lost: %s", error)
        self._complaint = str(error)

    def _wait(self, end: float | None) -> float:
        wait = self._step - time.time() % self._step
        # The clock may be ahead of the one that waits.
        if wait < TOLERANCE_SECONDS:
            wait += self._step
        return wait if end is None else min(wait, max(0.0, end - time.monotonic()))


def aligned(moment: float, step: float) -> float:
    """A moment, as the multiple of the step that it is next to."""
    nearest = round(moment / step) * step
    return nearest if abs(moment - nearest) <= TOLERANCE_SECONDS else moment
