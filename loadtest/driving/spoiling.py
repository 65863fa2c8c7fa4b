"""Which slices something other than the measured work has spoiled. Pure.

warm-up     the first slices of a round, until the rate has come to where it stays
other load  the workers lost the CPU to other tasks during their quanta
late        workers were not let run when the slice began or ended, so that its length is wrong
steal       the hypervisor took CPU time away
throttling  the CPU's heat slowed the workers, or a quota that we know nothing of stopped them
migration   a worker ended a slice on another CPU than its own

What the workers say is weighed over all of them: on many CPUs some worker is always held up for a
moment, which moves the rate of all by next to nothing.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence

from cffi_burn.worker import WorkerSlice
from loadtest.driving.observation import Observation
from perfanalysis.estimates.statistics import LEAST_OF_ROUND

# Shares that others may take of a slice, and of the work in it, before it counts as spoiled. The
# former is one timer tick of a slice of 50 ms on two CPUs, the latter is for the lowest levels.
LOST_LIMIT = 0.04
LOST_WORK_LIMIT = 0.10
STEAL_LIMIT = 0.01
# A grain at the end, or a sleep that ends late, stays far below this share of a slice.
LATE_LIMIT = 0.05
# What lasts longer than this share of a round is no warm-up.
WARM_UP_SHARE = 1 / 4


def of_workers(
    entries: Sequence[WorkerSlice], cpus: Sequence[int], slice_seconds: float
) -> set[str]:
    """What the workers' own counters say of one slice.

    Args:
        entries: the slice as each worker has it.
        cpus: where each worker is pinned.
        slice_seconds: how long the slice was to be.
    """
    reasons = set()
    lost = sum(max(0.0, entry.busy - entry.cpu_time) for entry in entries)
    busy = sum(entry.busy for entry in entries)
    duration = sum(entry.duration for entry in entries)
    if lost > min(LOST_LIMIT * duration, LOST_WORK_LIMIT * busy):
        reasons.add("other load")
    # A round's first slice is held against the moment at which its worker could run: many threads
    # that start together on one CPU come one after the other.
    wrong = sum(abs(entry.duration + entry.waited - slice_seconds) for entry in entries)
    if wrong > LATE_LIMIT * slice_seconds * len(entries):
        reasons.add("late")
    if any(entry.cpu != cpu for entry, cpu in zip(entries, cpus, strict=True)):
        reasons.add("migration")
    return reasons


def of_machine(before: Observation, after: Observation) -> set[str]:
    """What the machine's counters say of the time between two readings."""
    reasons = set()
    passed = after.cpu - before.cpu
    # One tick alone is below what the counters resolve.
    if passed.steal > max(1, STEAL_LIMIT * passed.total):
        reasons.add("steal")
    for earlier, later in ((before.throttled, after.throttled), (before.thermal, after.thermal)):
        if earlier is not None and later is not None and later > earlier:
            reasons.add("throttling")
    return reasons


def overlapping(start: float, end: float, observations: Sequence[Observation]) -> set[str]:
    """The machine's reasons that touch a span of time (CLOCK_MONOTONIC, seconds)."""
    reasons: set[str] = set()
    for before, after in itertools.pairwise(observations):
        if before.time < end and after.time > start:
            reasons |= of_machine(before, after)
    return reasons


def warm_up_length(rates: Sequence[float], settled: Sequence[float]) -> int:
    """How many slices at a round's start are warm-up: those before the first in the later range.

    The range is that of where the rate stays: its median, and three times its deviation (by the
    median absolute deviation), at least 1 %. A rate that does not come there within a quarter of
    the round, or one slice, is no warm-up but the machine's own change.

    Args:
        rates: of the slices in order, of one round.
        settled: those of the second halves of all rounds of the level.
    """
    if len(rates) < LEAST_OF_ROUND or len(settled) < LEAST_OF_ROUND:
        return 0
    middle = statistics.median(settled)
    deviation = 1.4826 * statistics.median(abs(rate - middle) for rate in settled)
    allowed = max(3 * deviation, 0.01 * middle)
    limit = max(2, int(len(rates) * WARM_UP_SHARE))
    for index, rate in enumerate(rates[:limit]):
        if abs(rate - middle) <= allowed:
            return index
    return 0
