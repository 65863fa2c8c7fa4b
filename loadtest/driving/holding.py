"""Holding a busy level while a round lasts: the counters are read, and the level is corrected."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from cffi_burn.worker import now
from loadtest.driving import pacing, proc_stat
from loadtest.driving.crew import Crew
from loadtest.driving.observation import Observation, Observer

# How often counters are read and the level is corrected: often enough to stop at once, rarely
# enough to cost nothing beside the workers.
POLL_SECONDS = 0.2


class Holding:
    """The loop over one round, closed: what /proc/stat counts decides what is asked for next.

    Args:
        asked: of the CPUs' time, 0..1; None: full load, where there is nothing to correct.
        seconds: wall time of the round.
        planned: the workers' busy shares (0..1).
        observer: reads the counters.
        prior: what earlier rounds found /proc/stat to count beyond the workers' quanta; None: there
            were none.
    """

    def __init__(
        self,
        asked: float | None,
        seconds: float,
        planned: Sequence[float],
        observer: Observer,
        prior: float | None,
    ) -> None:
        self._asked = asked
        self._planned = planned
        self._observer = observer
        self._prior = prior
        self._duty = 1.0
        if asked is not None:
            start = pacing.Held(0.0, seconds, 0.0, 0.0, prior)
            self._duty = pacing.next_duty(asked, start)
        self._duty_seconds = 0.0
        self.bias = prior or 0.0
        self.observations: list[Observation] = []

    @property
    def shares(self) -> list[float]:
        """What is asked of each worker now, 0..1."""
        return pacing.redistribute(self._planned, self._duty)

    def until(self, end: float, crew: Crew, progress: Callable[[float], None]) -> None:
        """Read and correct from now to the end of the round.

        Args:
            end: CLOCK_MONOTONIC, seconds.
            crew: at work.
            progress: called after each correction with the seconds gone; what it raises ends the
                round.
        """
        self.observations.append(self._observer.read())
        while (left := end - now()) > 0:
            time.sleep(min(left, POLL_SECONDS))
            self.observations.append(self._observer.read())
            gone = self.observations[-1].time - self.observations[0].time
            self._correct(crew, gone, end - now())
            progress(gone)

    def _correct(self, crew: Crew, gone: float, left: float) -> None:
        first, before, last = self.observations[0], self.observations[-2], self.observations[-1]
        self._duty_seconds += self._duty * (last.time - before.time)
        use = proc_stat.use(last.cpu - first.cpu)
        if use is None or self._asked is None:
            return
        held = pacing.Held(gone, left, self._duty_seconds / gone, use.busy_ratio, self._prior)
        self._duty = pacing.next_duty(self._asked, held)
        self.bias = pacing.bias(held)
        crew.correct(self.shares)
