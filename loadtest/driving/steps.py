"""One round of a busy level: hold it on the CPUs of the run, in slices, and say what came of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cffi_burn.worker import Pace, WorkerSlice, now
from loadtest.driving import pacing, proc_stat, spoiling
from loadtest.driving.crew import Crew, CrewMember
from loadtest.driving.holding import Holding
from loadtest.driving.observation import Observation, Observer
from loadtest.driving.quota import UNCOUNTED
from loadtest.driving.settings import FULL, Settings
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.estimates.statistics import LEAST_OF_ROUND

Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class Order:
    """What one round is to do.

    Attributes:
        busy: percent of the workers' CPUs.
        seconds: wall time.
        workers: how many of the crew take part; None: all.
        number: of the round within the run: the places of the quanta differ between rounds.
    """

    busy: int
    seconds: float
    workers: int | None = None
    number: int = 0


@dataclass(frozen=True)
class MachineSlice:
    """What all workers together did in one slice.

    Attributes:
        start: CLOCK_MONOTONIC, seconds.
        duration: seconds, the mean of the workers'.
        units: work units.
        units_per_second: the sum of the workers' own rates.
        undisturbed_units_per_second: the same, with the time that others took out of the workers'
            quanta taken off.
        excluded: why it is not used, sorted; empty: it is.
        busy_ratio: the share of the workers' time, or of what a quota leaves of it, that their own
            quanta took, 0..1, of a quota at times more; None: unknown.
    """

    start: float
    duration: float
    units: float
    units_per_second: float
    undisturbed_units_per_second: float
    excluded: tuple[str, ...] = ()
    busy_ratio: float | None = None


@dataclass(frozen=True)
class Round:
    """One stretch of a busy level, measured.

    Attributes:
        slices: in order, with all that spoiled them but warm-up, which levels.py finds.
        cpu: what /proc/stat counted on the used CPUs.
        own_seconds: CPU time of the workers and of what watches them.
        pressure: seconds in which some task of the machine waited for a CPU; None without PSI.
        bias: what /proc/stat counted as busy beyond the workers' quanta, 0..1.
        duration: wall time, seconds.
        quota_share: what part of the workers' time a quota allows, 0..1; None: none limits them.
    """

    slices: tuple[MachineSlice, ...]
    cpu: proc_stat.CpuTime
    own_seconds: float
    pressure: float | None
    bias: float
    duration: float
    quota_share: float | None = None


def combine(
    workers: Sequence[Sequence[WorkerSlice]],
    reasons: Sequence[set[str]] | None = None,
    quota_share: float | None = None,
) -> tuple[MachineSlice, ...]:
    """Add up the workers' slices of the same time.

    Args:
        workers: for each worker its slices in order, as ``attended`` leaves them; all workers share
            the slices' clock.
        reasons: why each slice is not used; None: all are.
        quota_share: as ``Round`` has it.
    """
    # What is used of a quota goes above it in one slice, and below in the next.
    share, most = (1.0, 1.0) if quota_share is None else (quota_share, math.inf)
    return tuple(
        MachineSlice(
            start=min(entry.start for entry in entries),
            duration=sum(entry.duration for entry in entries) / len(entries),
            units=sum(entry.units for entry in entries),
            units_per_second=sum(entry.units / entry.duration for entry in entries),
            undisturbed_units_per_second=sum(
                entry.units / entry.duration * undisturbed(entry) for entry in entries
            ),
            excluded=tuple(sorted(reasons[index])) if reasons else (),
            busy_ratio=min(
                most,
                sum(entry.busy for entry in entries)
                / (share * sum(entry.duration for entry in entries)),
            ),
        )
        for index, entries in enumerate(zip(*workers, strict=False))
    )


def attended(workers: Sequence[Sequence[WorkerSlice]]) -> list[list[WorkerSlice]]:
    """Each worker's slices without those that some worker missed.

    A worker that was held up for longer than a slice finds the next one over; its late slice covers
    that time too.
    """
    kept = [
        entries
        for entries in zip(*workers, strict=False)
        if all(entry.duration > 0 for entry in entries)
    ]
    return [list(entries) for entries in zip(*kept, strict=True)] or [[] for _ in workers]


def undisturbed(entry: WorkerSlice) -> float:
    """By what factor a worker would have done more if nothing had taken the CPU in its quanta."""
    return entry.busy / entry.cpu_time if 0 < entry.cpu_time < entry.busy else 1.0


def judge(
    workers: Sequence[Sequence[WorkerSlice]],
    cpus: Sequence[int],
    observations: Sequence[Observation],
    slice_seconds: float,
    quota_share: float | None = None,
) -> tuple[MachineSlice, ...]:
    """Add up the workers' slices, and mark those that were spoiled.

    Where a quota limits the workers, that they were stopped for it is no loss, and cannot be told
    from what others took: their work is held against their own CPU time.

    Args:
        workers: for each worker its slices in order.
        cpus: where each worker is pinned.
        slice_seconds: how long a slice was to be.
        observations: the machine's counters over the round.
        quota_share: as ``Round`` has it.
    """
    workers = attended(workers)
    if quota_share is not None:
        workers = [[replace(entry, busy=entry.cpu_time) for entry in mine] for mine in workers]
    plain = combine(workers)
    reasons = [
        spoiling.overlapping(whole.start, whole.start + whole.duration, observations)
        | spoiling.of_workers(entries, cpus, slice_seconds)
        for whole, entries in zip(plain, zip(*workers, strict=True), strict=True)
    ]
    return combine(workers, reasons, quota_share)


def run_round(
    crew: Crew, settings: Settings, order: Order, progress: Progress, *, bias: float | None = None
) -> Round:
    """Run one round.

    Args:
        crew: the workers, idle.
        settings: of the run.
        order: what to do.
        progress: called about ten times a second with the seconds gone and the present units per
            second; what it raises ends the round.
        bias: what earlier rounds found /proc/stat to count beyond the workers' quanta; None: there
            were none.

    Raises:
        PerfAnalysisError: the workers did not finish, or /proc/stat cannot be read.
    """
    part = crew.members[: order.workers]
    limit = settings.limiting(len(part))
    share = None if limit is None else limit.share(len(part))
    planned = pacing.shares(order.busy, [m.core for m in part], settings.spread, share)
    cpus = [member.cpu for member in part]
    observer = Observer(cpus, throttling=settings.quota is None)
    asked = None if order.busy == FULL else order.busy / 100 * (share or 1.0)
    holding = Holding(asked, order.seconds, planned, observer, bias)
    pace = plan(settings, order, planned, 0.0)
    skipped = UNCOUNTED if share is not None and order.busy == FULL else 0
    members, start = crew.begin(pace, holding.shares + [0.0] * len(crew.members))
    time.sleep(max(0.0, start + skipped * pace.slice_seconds - now()))
    end = start + pace.slices * pace.slice_seconds
    holding.until(end, crew, lambda gone: progress(gone, live_rate(crew, len(part))))
    for member in members:
        if not member.wait(10.0):
            raise PerfAnalysisError(f"the worker on CPU {member.cpu} did not finish its step")
    workers = [member.slices()[skipped:] for member in members]
    return _finished(members, workers, holding, pace.slice_seconds, share)


def _finished(
    members: Sequence[CrewMember],
    workers: Sequence[Sequence[WorkerSlice]],
    holding: Holding,
    slice_seconds: float,
    quota_share: float | None,
) -> Round:
    """What came of a round whose workers are done."""
    observations = holding.observations
    first, last = observations[0], observations[-1]
    pressure = None
    if first.pressure is not None and last.pressure is not None:
        pressure = last.pressure - first.pressure
    cpus = [member.cpu for member in members]
    return Round(
        slices=judge(workers, cpus, observations, slice_seconds, quota_share),
        cpu=last.cpu - first.cpu,
        own_seconds=last.own - first.own,
        pressure=pressure,
        bias=holding.bias,
        duration=last.time - first.time,
        quota_share=quota_share,
    )


def plan(settings: Settings, order: Order, planned: Sequence[float], start: float) -> Pace:
    """Lay a round out in time.

    Args:
        settings: of the run.
        order: what to do.
        planned: the workers' busy shares (0..1).
        start: CLOCK_MONOTONIC, seconds.
    """
    if order.busy == FULL and (limit := settings.limiting(len(planned))) is not None:
        length, count = limit.slice_seconds, limit.slices(order.seconds)
        return Pace(start, length, count, length, _seed(settings.seed, order))
    # Only the workers that are partly busy need a rhythm; at most one differs from the others.
    share = min((share for share in planned if share > 0), default=1.0)
    rhythm = pacing.rhythm(share, pacing.tick_seconds(), order.seconds / LEAST_OF_ROUND)
    count = max(LEAST_OF_ROUND, round(order.seconds / rhythm.slice))
    return Pace(start, rhythm.slice, count, rhythm.cycle, _seed(settings.seed, order))


def _seed(seed: int, order: Order) -> int:
    """The seed of one round's places; crew.py makes one a worker of it."""
    return (seed * 1_009 + order.busy) * 100_003 + order.number


def live_rate(crew: Crew, workers: int) -> float:
    """The workers' rate in their newest complete slice, units per second; 0 before there is one."""
    rate = 0.0
    for member in crew.members[:workers]:
        if done := member.control.slices_done:
            newest = member.buffer.read(done - 1)
            # A worker that was held up misses slices; those have no length.
            rate += newest.units / newest.duration if newest.duration > 0 else 0.0
    return rate
