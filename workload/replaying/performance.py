"""One replay of this host, from its lock to its last file: what surrounds the ticks."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from loadtest import host_lock
from perfanalysis import locks, progress
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.results.replay_state import ReplayFile
from workload.replaying.assembly import LoadSettings, assemble
from workload.replaying.outcome.accuracy import ReplayScore
from workload.replaying.outcome.live import ReplayDisplay, RunningScore, display
from workload.replaying.outcome.over_time import TicksOverTime
from workload.replaying.outcome.tick_file import TickFile
from workload.replaying.own_files import OwnFiles
from workload.replaying.recorded_load import RecordedLoad
from workload.replaying.replay import Conductor, StopRequest, TickDone
from workload.replaying.timeline import Timeline

LOCK = "replay.lock"


class Performance(NamedTuple):
    """What is replayed, and where it is shown.

    Attributes:
        settings: what is driven.
        recorded: what the recordings ask for.
        state: the state folder.
        ticks: a file for each tick's target and actual; None: none.
        progress: how it is shown, one of ``live.KINDS``.
        wait: seconds to wait for the end of a load test, or of another replay.
        over_time: whether its ticks are kept.
    """

    settings: LoadSettings
    recorded: tuple[RecordedLoad, ...]
    state: Path
    ticks: Path | None = None
    progress: str = "auto"
    wait: float = 0.0
    over_time: bool = False


class Performed(NamedTuple):
    """What came of a replay, and what is to be said of its loads.

    Attributes:
        over_time: its ticks; None: nobody asked for them.
    """

    score: ReplayScore
    remarks: tuple[str, ...]
    over_time: TicksOverTime | None = None


def perform(timeline: Timeline, wanted: Performance, stop: StopRequest) -> Performed:
    """Replay it, alone on this host, up to its end or the stop.

    Raises:
        PerfAnalysisError: another replay or a load test is running, or a load failed.
    """
    with ExitStack() as stack:
        _alone(stack, wanted, stop)
        files = stack.enter_context(OwnFiles(wanted.state))
        if files.left_behind:
            progress.say("replay", f"removed {len(files.left_behind)} files of one that was killed")
        assembled = assemble(wanted.settings, wanted.recorded, files, stack, stop)
        shown = stack.enter_context(display(wanted.progress))
        file = stack.enter_context(ReplayFile(wanted.state))
        ticks = stack.enter_context(TickFile(wanted.ticks))
        kept = TicksOverTime(timeline, _names(wanted)) if wanted.over_time else None
        report = _Report(timeline, shown, file, ticks, kept)
        score = Conductor(assembled.loads, assembled.quantum, stop, report).run(timeline)
        return Performed(score, assembled.remarks, kept)


def _names(wanted: Performance) -> list[str]:
    return [load.machine for load in wanted.recorded]


class _Report:
    """Tells of each tick that is done: display, state folder, file of ticks, who keeps them."""

    def __init__(
        self,
        timeline: Timeline,
        shown: ReplayDisplay,
        file: ReplayFile,
        ticks: TickFile,
        kept: TicksOverTime | None,
    ) -> None:
        self._seconds = timeline.seconds
        self._shown = shown
        self._file = file
        self._ticks = ticks
        self._kept = kept
        self._score = RunningScore()

    def __call__(self, done: TickDone) -> None:
        ratio = None if math.isinf(self._seconds) else min(1.0, done.gone / self._seconds)
        resources = self._score.add(done.found)
        self._shown.show(ratio, resources)
        self._file.update(ratio, resources)
        self._ticks.add(done.found)
        if self._kept is not None:
            self._kept.add(done.found)


def _alone(stack: ExitStack, wanted: Performance, stop: StopRequest) -> None:
    """Hold what only one replay or load test of a host holds, while the stack is open."""
    state = wanted.state
    try:
        stack.enter_context(host_lock.hold(wanted.wait, waiting=stop.check))
    except PerfAnalysisError as error:
        stop.check()
        raise PerfAnalysisError(
            "a load test or another replay is running on this host: both drive the same CPUs "
            "(--wait waits for its end)"
        ) from error
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = locks.FileLock(state / LOCK, wait=False)
        stack.callback(lock.release)
    except locks.LockedError as error:
        raise PerfAnalysisError(f"{state}: another replay uses this state folder") from error
    except OSError as error:
        raise PerfAnalysisError(
            f"{state}: the state folder cannot be written ({error.strerror}): name another with "
            "--state-directory"
        ) from error
