"""Runs a timeline: all loads begin, are steered and end each tick by one clock."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from cffi_burn.worker import now
from perfanalysis.errors import PerfAnalysisError
from workload.replaying.load import Load, ResourceTick
from workload.replaying.outcome.accuracy import ReplayScore
from workload.replaying.pace_of_looks import looks
from workload.replaying.replay_tick import ReplayTick
from workload.replaying.timeline import Timeline

# Threads must be awake before the first tick.
LEAD_SECONDS = 0.05
# A stop is noticed within so long, also in a long sleep.
LONGEST_SLEEP = 0.1


class TickDone(NamedTuple):
    """How a replay stands after a tick.

    Attributes:
        number: of the tick, from 1 on.
        gone: seconds since the begin.
        found: what became of it.
    """

    number: int
    gone: float
    found: Sequence[ResourceTick]


class StopRequest:
    """Whether somebody wants the replay to end, and why; set by a signal's handler."""

    def __init__(self) -> None:
        self.reason = ""

    def __bool__(self) -> bool:
        return bool(self.reason)

    def check(self) -> None:
        """End what is under way, if somebody wants that.

        Raises:
            PerfAnalysisError: somebody does.
        """
        if self.reason:
            raise PerfAnalysisError(f"replay stopped by {self.reason}")


class Conductor:
    """Runs all loads of a replay.

    Args:
        loads: in the order in which they are steered.
        quantum: of the kernel's accounting, seconds.
        stop: ends it.
        report: told of each tick that is done.
    """

    def __init__(
        self,
        loads: Sequence[Load],
        quantum: float,
        stop: StopRequest,
        report: Callable[[TickDone], None],
    ) -> None:
        self._loads = loads
        self._quantum = quantum
        self._stop = stop
        self._report = report

    def run(self, timeline: Timeline) -> ReplayScore:
        """Replay all of it, or up to the stop; what was taken is given back in any case.

        Raises:
            PerfAnalysisError: a load failed.
        """
        score = ReplayScore()
        with ExitStack() as stack:
            for load in self._loads:
                if self._stop:
                    return score
                stack.enter_context(load)
                load.prepare(timeline.ticks[0], lambda: bool(self._stop))
            begin = at = now() + LEAD_SECONDS
            for number, tick in enumerate(timeline, 1):
                self._sleep_until(at)
                if not self._run_tick(tick, at):
                    break
                at += tick.seconds
                found = [one for load in self._loads for one in load.finish(at)]
                score.add(found)
                self._report(TickDone(number, at - begin, found))
        return score

    def _run_tick(self, tick: ReplayTick, at: float) -> bool:
        """One tick; False when it was ended before its time."""
        for load in self._loads:
            load.begin(tick, at)
        moments = looks(tick.seconds, self._quantum)
        for moment, following in itertools.pairwise(moments):
            self._sleep_until(at + moment)
            if self._stop:
                return False
            for load in self._loads:
                load.steer(now(), at + following)
        self._sleep_until(at + tick.seconds)
        return not self._stop

    def _sleep_until(self, moment: float) -> None:
        while (left := moment - now()) > 0 and not self._stop:
            time.sleep(min(left, LONGEST_SLEEP))
