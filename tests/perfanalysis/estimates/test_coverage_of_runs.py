"""Simulated runs from their workers' slices on, with known truth: how often an interval holds it.

All that turns slices into an interval is the real code: which slices are left out, the passes over
all levels, further rounds of the most doubtful level, and what is done without enough clean slices.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest

from cffi_burn.worker import WorkerSlice
from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.settings import Settings
from loadtest.driving.steps import Round, judge
from loadtest.passes import measure_levels, seconds_missing

Rates = npt.NDArray[np.float64]
RUNS = 1000
TRUTH = 1000.0
CPUS = (0, 1)
SLICE = 0.05
SETTINGS = Settings(levels=(50, 100), profile="default", max_duration=8.0)


@dataclass(frozen=True)
class Trouble:
    """What a simulated machine suffers from.

    Attributes:
        slices: a share of each worker's slices in which others take the CPU for a while.
        least, most: the share of the slice's work that they take then.
        bursts: a share of the rounds in which others take half of every slice of one CPU.
        warm_ups: a share of the rounds whose first slice is slower by 8 %.
        rounds: by what share, as a standard deviation, rounds differ.
        unseen: a share of the rounds that a neighbour slows by 15 to 35 %, as no counter shows.
        correlation: of one slice's noise with the next one's.
    """

    slices: float = 0.0
    least: float = 0.05
    most: float = 0.4
    bursts: float = 0.0
    warm_ups: float = 0.0
    rounds: float = 0.0
    unseen: float = 0.0
    correlation: float = 0.3


class Machine:
    """Two CPUs, each of which does half of ``TRUTH`` units a second at full load."""

    def __init__(self, random: np.random.Generator, trouble: Trouble) -> None:
        self._random = random
        self._trouble = trouble
        self.elapsed = 1.5

    def run(self, busy: int, seconds: float) -> Round:
        """One round of a level."""
        count = max(3, round(seconds / SLICE))
        self.elapsed += count * SLICE
        factor = math.exp(self._trouble.rounds * self._random.normal())
        if self._random.random() < self._trouble.unseen:
            factor *= self._random.uniform(0.65, 0.85)
        noise = self._noise(count)
        burst = self._random.random() < self._trouble.bursts
        workers = [
            self._worker(cpu, busy / 100, factor * noise, burst=burst and cpu == 0) for cpu in CPUS
        ]
        return Round(
            slices=judge(workers, CPUS, (), SLICE),
            cpu=CpuTime(busy * count, 0, 100 * count),
            own_seconds=busy / 100 * count * SLICE * len(CPUS),
            pressure=None,
            bias=0.0,
            duration=count * SLICE,
        )

    def _noise(self, count: int) -> Rates:
        """One per cent, as the clock or a neighbour makes it for both CPUs alike."""
        correlation, found = self._trouble.correlation, self._random.normal(size=count)
        for i in range(1, count):
            found[i] = correlation * found[i - 1] + math.sqrt(1 - correlation**2) * found[i]
        result: Rates = 1 + 0.01 * found
        if self._random.random() < self._trouble.warm_ups:
            result[0] *= 0.92
        return result

    def _worker(self, number: int, share: float, rates: Rates, *, burst: bool) -> list[WorkerSlice]:
        lost = np.where(
            self._random.random(len(rates)) < self._trouble.slices,
            self._random.uniform(self._trouble.least, self._trouble.most, len(rates)),
            0.0,
        )
        if burst:
            lost[:] = 0.5
        done = SLICE * share * TRUTH / len(CPUS) * rates * (1 - lost)
        used = SLICE * share * (1 - lost)
        return [
            WorkerSlice(i * SLICE, SLICE, SLICE * share, float(cpu), float(units), 0, number)
            for i, (units, cpu) in enumerate(zip(done, used, strict=True))
        ]


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Trouble(), id="quiet"),
        pytest.param(Trouble(slices=0.1, warm_ups=0.1), id="some slices are spoiled"),
        pytest.param(Trouble(slices=0.1, rounds=0.01), id="and rounds differ"),
        pytest.param(Trouble(bursts=0.4), id="others take whole rounds"),
        pytest.param(Trouble(unseen=0.05), id="a neighbour slows whole rounds, unseen"),
        pytest.param(Trouble(slices=1.0, least=0.3, most=0.6), id="no slice is clean"),
    ],
)
def test_the_interval_of_a_run_holds_the_truth(trouble: Trouble) -> None:
    random = np.random.default_rng(20261125)
    held = dict.fromkeys(SETTINGS.levels, 0)
    for _ in range(RUNS):
        machine = Machine(random, trouble)
        for level in measure_levels(SETTINGS, machine.run, lambda m=machine: m.elapsed):
            found = level.estimate()
            held[level.busy] += found.lower <= TRUTH * level.busy / 100 <= found.upper
    for busy, count in held.items():
        assert 0.90 <= count / RUNS <= 0.98, (busy, count)


def test_a_neighbour_whom_no_counter_shows_leaves_nearly_all_runs_valid() -> None:
    random = np.random.default_rng(20261125)
    wide = 0
    for _ in range(RUNS // 2):
        machine = Machine(random, Trouble(unseen=0.1))
        levels = measure_levels(SETTINGS, machine.run, lambda m=machine: m.elapsed)
        wide += any(level.estimate().relative_half_width > SETTINGS.plan.limit for level in levels)
    assert wide / (RUNS // 2) < 0.02


def test_a_run_knows_about_how_much_longer_it_would_take() -> None:
    random = np.random.default_rng(20261125)
    cut = Settings(levels=(50,), profile="precise", max_duration=10.0)
    said, took = [], []
    for settings in [cut, replace(cut, max_duration=1e4)] * 16:
        machine = Machine(random, Trouble(rounds=0.04))
        levels = measure_levels(settings, machine.run, lambda m=machine: m.elapsed)
        if settings == cut:
            said.append(machine.elapsed + seconds_missing(levels, settings.plan.goal))
        else:
            took.append(machine.elapsed)
    # Two and a half times what the former had.
    assert statistics.median(took) > 20
    assert 0.67 < statistics.median(said) / statistics.median(took) < 1.5
