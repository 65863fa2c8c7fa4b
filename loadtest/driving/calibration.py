"""How much work the CPUs do at full load, before anything is measured: this also warms them up."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from cffi_burn.worker import WorkerSlice
from loadtest.driving.crew import Crew
from loadtest.driving.settings import Settings
from loadtest.driving.steps import Order, Progress, run_round
from perfanalysis.errors import PerfAnalysisError

ROUND_SECONDS = 0.3
# Warm when a round differs from the one before by less than this, or after so many rounds.
STEADY = 0.02
MOST_ROUNDS = 4
# Below the shortest quantum of the lowest levels.
LONGEST_GRAIN_SECONDS = 0.002


@dataclass(frozen=True)
class Calibration:
    """Rates at full load, all workers at once.

    Attributes:
        units_per_second: of each worker, in the order of the crew, in floating point: rounding to
            whole nanoseconds a unit costs percents on quick kernels.
        grain_seconds: the longest CPU time that one grain takes on any CPU; workers stop to within
            it.
        rounds: how many rounds it took until the rate was steady.
        steady: whether it was.
    """

    units_per_second: tuple[float, ...]
    grain_seconds: float
    rounds: int
    steady: bool


def calibrate(crew: Crew, settings: Settings, progress: Progress) -> Calibration:
    """Run all workers at full load until two rounds in a row agree.

    Raises:
        PerfAnalysisError: a worker did no work, or a grain is so long on this machine that a cycle
            cannot be divided.
    """
    before, count, steady = 0.0, 0, False
    while not steady and count < MOST_ROUNDS:
        count += 1
        run_round(crew, settings, Order(100, ROUND_SECONDS), progress)
        workers = [member.slices() for member in crew.members]
        rates = [rate(slices) for slices in workers]
        steady = min(rates) > 0 and abs(sum(rates) - before) <= STEADY * sum(rates)
        before = sum(rates)
    if min(rates) <= 0:
        cpu = crew.members[rates.index(min(rates))].cpu
        raise PerfAnalysisError(
            f"the worker on CPU {cpu} did no work in {MOST_ROUNDS} rounds of {ROUND_SECONDS:g} s: "
            "other tasks leave it no time"
        )
    grain_seconds = max(unit_seconds(slices) for slices in workers) / crew.kernel.grains_per_unit
    if grain_seconds > LONGEST_GRAIN_SECONDS:
        raise PerfAnalysisError(
            f"one grain of kernel {crew.kernel.name} takes {grain_seconds:.3g} s here, more than "
            f"the {LONGEST_GRAIN_SECONDS:g} s with which a busy level can be held"
        )
    return Calibration(tuple(rates), grain_seconds, count, steady)


def rate(slices: Sequence[WorkerSlice]) -> float:
    """The median rate of one worker, units per second of wall time.

    A worker that others kept from the CPU for most slices has the rate of all together; 0 when it
    did no work.
    """
    measured = [entry for entry in slices if entry.duration > 0]
    if not measured:
        return 0.0
    found = statistics.median(entry.units / entry.duration for entry in measured)
    whole = sum(entry.units for entry in measured) / sum(entry.duration for entry in measured)
    return found or whole


def unit_seconds(slices: Sequence[WorkerSlice]) -> float:
    """CPU time of one unit, seconds: what others took is no matter of the kernel; 0: unknown."""
    units = sum(entry.units for entry in slices)
    return sum(entry.cpu_time for entry in slices) / units if units > 0 else 0.0
