"""How much work the CPUs do at full load, before anything is measured: this also warms them up."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from cffi_burn.worker import WorkerSlice
from loadtest.crew import Crew
from loadtest.settings import Settings
from loadtest.steps import Order, Progress, run_round
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
        grain_seconds: the longest time that one grain takes on any CPU; workers stop to within it.
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
        rates = [rate(member.slices(), member.cpu) for member in crew.members]
        steady = abs(sum(rates) - before) <= STEADY * sum(rates)
        before = sum(rates)
    grain_seconds = 1.0 / (min(rates) * crew.kernel.grains_per_unit)
    if grain_seconds > LONGEST_GRAIN_SECONDS:
        raise PerfAnalysisError(
            f"one grain of kernel {crew.kernel.name} takes {grain_seconds:.3g} s here, more than "
            f"the {LONGEST_GRAIN_SECONDS:g} s with which a busy level can be held"
        )
    return Calibration(tuple(rates), grain_seconds, count, steady)


def rate(slices: list[WorkerSlice], cpu: int) -> float:
    """The median rate of one worker, units per second.

    Raises:
        PerfAnalysisError: it did no work.
    """
    rates = [entry.units / entry.duration for entry in slices if entry.duration > 0]
    found = statistics.median(rates) if rates else 0.0
    if found <= 0:
        raise PerfAnalysisError(f"the worker on CPU {cpu} did no work in {ROUND_SECONDS:g} s")
    return found
