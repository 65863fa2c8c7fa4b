"""Simulated runs with known truth: how often their intervals hold it.

All that turns slices into an interval is the real code: the lengths of slices, which of them are
left out, the passes over all levels, when a run ends, and the estimate of all levels together.
What is counted is the share of a level's runs whose interval holds the truth. The levels of one run
share its noise, so that their mean is hardly surer than one of them: 100 runs of an interval that
holds 95 of 100 give 91 to 99.

``python -m tests.loadtest.simulated_runs PROFILE RUNS [NOISE ...]`` prints rows of the table in
docs/statistics.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from loadtest.driving.settings import Settings
from loadtest.estimation import estimate_levels
from loadtest.passes import measure_levels
from perfanalysis.estimates.run_estimates import LevelEstimates, RunEstimates
from perfanalysis.estimates.statistics import Estimate
from tests.loadtest.simulated_machine import (
    BEGIN,
    TRUTH,
    Machine,
    Noise,
    elapsed_of,
)

SEED = 20261129


def lasting(seconds: float, **more: Any) -> Noise:
    """Noise of a standard deviation of 2 % that lasts so long."""
    return Noise(lasting=0.02, seconds=seconds, **more)


def bimodal(seconds: float) -> Noise:
    return Noise(bimodal=True, seconds=seconds)


NOISES = {
    "none": Noise(),
    "0.1 s": lasting(0.1),
    "0.3 s": lasting(0.3),
    "1 s": lasting(1.0),
    "3 s": lasting(3.0),
    "two speeds, 0.1 s": bimodal(0.1),
    "two speeds, 0.2 s": bimodal(0.2),
    "two speeds, 0.4 s": bimodal(0.4),
    "two speeds, 1 s": bimodal(1.0),
    "drift of 5 %": Noise(drift=0.05),
    "slow drift": Noise(drift=0.005),
    "5 % outliers": Noise(outliers=0.05),
    "quantised busy, 0.3 s": Noise(grain=0.002, lasting=0.01, seconds=0.3),
    # Levels up to 70 % have a fifth of all noise.
    "high levels, 0.1 s": lasting(0.1, above=70),
    "high levels, 0.3 s": lasting(0.3, above=70),
    "high levels, 1 s": lasting(1.0, above=70),
    "each level its own, 0.1 s": lasting(0.1, apart=True),
    "each level its own, 0.3 s": lasting(0.3, apart=True),
    "each level its own, 1 s": lasting(1.0, apart=True),
    # At levels of 50 and 100 %.
    "others take whole rounds": Noise(bursts=0.4),
    "no slice is clean": Noise(taken=True),
    "a neighbour slows whole rounds, unseen": Noise(unseen=0.05),
}


@dataclass(frozen=True)
class Runs:
    """Some simulated runs of one machine.

    Attributes:
        settings: of each.
        noise: of the machine.
        found: what each found.
        seconds: how long each measured.
        medians: of each target, the median of all its slices in all runs.
        cpus: of the machine.
    """

    settings: Settings
    noise: Noise
    found: list[RunEstimates]
    seconds: list[float]
    medians: list[float]
    cpus: int = 2

    def truths(self, run: int) -> list[float]:
        """The true mean of each target, in the order of ``settings.targets``."""
        # The mean of a drift is that of the time that was measured.
        drift = self.noise.drift * (self.seconds[run] / 2 / 12 - 0.5)
        of_cpus = [
            target.busy / 100 * (target.workers or self.cpus) / self.cpus
            for target in self.settings.targets
        ]
        return [TRUTH * part * self.noise.mean * (1 + drift) for part in of_cpus]

    @property
    def given(self) -> float:
        """In how many runs no interval is withheld."""
        return float(np.mean([all(lev.known for lev in found.levels) for found in self.found]))

    def held_means(self) -> list[float]:
        """How often the interval of each target's mean holds the truth, where it is given."""
        truths = [self.truths(run) for run in range(len(self.found))]
        return self._held(truths, lambda level: level.mean)

    def held_medians(self) -> list[float]:
        """How often the interval of each target's median holds that of all runs."""
        skewed = self.noise.skewed
        truths = [self.medians if skewed else self.truths(run) for run in range(len(self.found))]
        return self._held(truths, lambda level: level.median)

    def _held(
        self, truths: list[list[float]], estimate: Callable[[LevelEstimates], Estimate]
    ) -> list[float]:
        held = np.array(
            [
                [
                    estimate(level).lower <= truth <= estimate(level).upper
                    if level.known
                    else np.nan
                    for level, truth in zip(found.levels, of_run, strict=True)
                ]
                for found, of_run in zip(self.found, truths, strict=True)
            ],
            dtype=float,
        )
        return [float(part) for part in np.nanmean(held, axis=0)]


def simulate(settings: Settings, noise: Noise, count: int, cpus: int = 2) -> Runs:
    random = np.random.default_rng(SEED)
    found, seconds, rates = [], [], []
    for _ in range(count):
        machine = Machine(random, noise, settings, cpus)
        levels = measure_levels(settings, machine.run, elapsed_of(machine))
        found.append(estimate_levels(levels))
        seconds.append(machine.elapsed - BEGIN)
        rates.append([level.rates for level in levels])
    medians = [float(np.median(np.concatenate(part))) for part in zip(*rates, strict=True)]
    return Runs(settings, noise, found, seconds, medians, cpus)


@dataclass(frozen=True)
class Case:
    """What is held of one profile and noise.

    Attributes:
        noise: a name of ``NOISES``.
        mean, median: at least so many of 100 intervals hold the truth, in the mean of all levels.
        level: and at least so many of one level.
        most: and no more than this, in the mean of all levels.
        given: in so many of 100 runs all intervals are given.
        seen: in how many of 100 two speeds are named.
    """

    noise: str
    mean: int = 92
    median: int = 92
    level: int = 86
    most: float = 99.0
    given: int = 95
    seen: tuple[int, int] = (0, 0)

    def check(self, runs: Runs) -> None:
        for held, least in ((runs.held_means(), self.mean), (runs.held_medians(), self.median)):
            assert least / 100 <= float(np.mean(held)) <= self.most / 100, held
            assert min(held) >= self.level / 100, held
        assert 100 * runs.given >= self.given, runs.given
        seen = 100 * float(np.mean([found.modes is not None for found in runs.found]))
        assert self.seen[0] <= seen <= self.seen[1], seen


def row(profile: str, noise: str, count: int) -> str:
    """The row of the table in docs/statistics.md."""
    runs = simulate(Settings(profile=profile), NOISES[noise], count)

    def of(held: list[float], estimate: Callable[[LevelEstimates], Estimate]) -> str:
        mean, least, most, single = (
            f"{100 * v:.0f}" for v in (np.mean(held), min(held), max(held), held[-1])
        )
        halves = [
            (estimate(level).upper - estimate(level).lower) / 2 / estimate(level).value
            for found in runs.found
            for level in found.levels
        ]
        return f"{mean} ({least} to {most}; {single}) | {100 * np.median(halves):.1f} %"

    means = of(runs.held_means(), lambda level: level.mean)
    medians = of(runs.held_medians(), lambda level: level.median)
    seen = 100 * np.mean([found.modes is not None for found in runs.found])
    given = f"{100 * runs.given:.0f} | {seen:.0f}"
    return f"| {profile} | {noise} | {means} | {medians} | {given} |"


if __name__ == "__main__":
    for asked in sys.argv[3:] or NOISES:
        print(row(sys.argv[1], asked, int(sys.argv[2])), flush=True)
