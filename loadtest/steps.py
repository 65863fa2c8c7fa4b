"""One step: hold a busy level on all CPUs of the run, in slices, and say what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cffi_burn.worker import Pace, WorkerSlice, now
from loadtest import proc_stat
from loadtest.crew import Crew
from loadtest.settings import SLICE_SECONDS, Settings
from perfanalysis.errors import PerfAnalysisError

# How often the caller's `progress` is called: often enough to stop at once, rarely enough to cost
# nothing beside the workers.
POLL_SECONDS = 0.1

Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class MachineSlice:
    """What all workers together did in one slice.

    Attributes:
        start: CLOCK_MONOTONIC, seconds.
        duration: seconds, the mean of the workers'.
        units: work units.
        units_per_second: the sum of the workers' own rates.
    """

    start: float
    duration: float
    units: float
    units_per_second: float


@dataclass(frozen=True)
class Step:
    """One busy level, measured.

    Attributes:
        busy: asked, percent.
        slices: in order.
        use: what /proc/stat says of the used CPUs over the whole step; None when it counted no
            tick.
        duration: wall time, seconds.
    """

    busy: int
    slices: tuple[MachineSlice, ...]
    use: proc_stat.CpuUse | None
    duration: float


def combine(workers: Sequence[Sequence[WorkerSlice]]) -> tuple[MachineSlice, ...]:
    """Add up the workers' slices of the same time.

    Args:
        workers: for each worker its slices in order; all workers share the slices' clock.
    """
    return tuple(
        MachineSlice(
            start=min(entry.start for entry in entries),
            duration=sum(entry.duration for entry in entries) / len(entries),
            units=sum(entry.units for entry in entries),
            units_per_second=sum(entry.units / entry.duration for entry in entries),
        )
        for entries in zip(*workers, strict=False)
    )


def run_step(  # noqa: PLR0913 - the last two only for what is no level
    crew: Crew,
    settings: Settings,
    busy: int,
    progress: Progress,
    *,
    seconds: float | None = None,
    workers: int | None = None,
) -> Step:
    """Run one step.

    Args:
        crew: the workers, idle.
        settings: of the run.
        busy: percent of each CPU's time.
        progress: called about ten times a second with the seconds gone and the present units per
            second; what it raises ends the step.
        seconds: wall time when not that of a level.
        workers: how many of the crew work; all when None.

    Raises:
        PerfAnalysisError: the workers did not finish, or /proc/stat cannot be read.
    """
    members = crew.members[:workers]
    cpus = [member.cpu for member in members]
    count = settings.slices if seconds is None else max(1, round(seconds / SLICE_SECONDS))
    pace = Pace(crew.start_time(), SLICE_SECONDS, count, settings.period, settings.seed + busy)
    shares = [busy / 100 if i < len(members) else 0.0 for i in range(len(crew.members))]
    crew.begin(pace, shares)
    time.sleep(max(0.0, pace.start - now()))
    before = proc_stat.read(cpus)
    end = pace.start + count * SLICE_SECONDS
    while (left := end - now()) > 0:
        time.sleep(min(left, POLL_SECONDS))
        progress(now() - pace.start, live_rate(crew, len(members)))
    after = proc_stat.read(cpus)
    for member in members:
        if not member.wait(10.0):
            raise PerfAnalysisError(f"the worker on CPU {member.cpu} did not finish its step")
    slices = combine([member.slices() for member in members])
    return Step(busy, slices, proc_stat.use(before, after), now() - pace.start)


def live_rate(crew: Crew, workers: int) -> float:
    """The workers' rate in their newest complete slice, units per second; 0 before there is one."""
    rate = 0.0
    for member in crew.members[:workers]:
        if done := member.control.slices_done:
            newest = member.buffer.read(done - 1)
            rate += newest.units / newest.duration
    return rate
