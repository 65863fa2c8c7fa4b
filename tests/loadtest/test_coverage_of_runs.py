"""Simulated runs from their workers' slices on, with known truth: how often an interval holds it.

All that turns slices into an interval is the real code: the lengths of slices, which of them are
left out, the passes over all levels, when a run ends, and the estimate of all levels together.
What is counted is the share of a level's runs whose interval holds the truth. The levels of one run
share its noise, so that their mean is hardly surer than one of them: 100 runs of an interval that
holds 95 of 100 give 91 to 99.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from loadtest.driving.settings import Settings, on_cpus
from loadtest.estimation import estimate_levels
from loadtest.passes import measure_levels, seconds_missing
from perfanalysis.estimates.run_estimates import RunEstimates
from tests.loadtest.simulated_machine import BEGIN, TRUTH, Machine, Noise, elapsed_of

SEED = 20261129
QUIET = Noise()
SHORT = Noise(lasting=0.02, seconds=0.1)
MIDDLE = Noise(lasting=0.02, seconds=0.3)
SECOND = Noise(lasting=0.02, seconds=1.0)
LONG = Noise(lasting=0.02, seconds=3.0)
BIMODAL = Noise(bimodal=True, seconds=0.2)
DRIFT = Noise(drift=0.05)
SLOW_DRIFT = Noise(drift=0.005)
OUTLIERS = Noise(outliers=0.05)
QUANTISED = Noise(grain=0.002, lasting=0.01, seconds=0.3)


@dataclass(frozen=True)
class Runs:
    """Some simulated runs of one machine.

    Attributes:
        settings: of each.
        noise: of the machine.
        found: what each found.
        seconds: how long each measured.
        medians: of each target, the median of all its slices in all runs.
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

    def held_means(self) -> list[float]:
        """How often the interval of each target's mean holds the truth."""
        return [
            float(part)
            for part in np.mean(
                [
                    [
                        level.mean.lower <= truth <= level.mean.upper
                        for level, truth in zip(found.levels, self.truths(run), strict=True)
                    ]
                    for run, found in enumerate(self.found)
                ],
                axis=0,
            )
        ]

    def held_medians(self) -> list[float]:
        """How often the interval of each target's median holds that of all runs."""
        skewed = self.noise.bimodal or self.noise.outliers
        return [
            float(part)
            for part in np.mean(
                [
                    [
                        level.median.lower <= (middle if skewed else truth) <= level.median.upper
                        for level, truth, middle in zip(
                            found.levels, self.truths(run), self.medians, strict=True
                        )
                    ]
                    for run, found in enumerate(self.found)
                ],
                axis=0,
            )
        ]


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


def check(runs: Runs, least: float, most: float) -> None:
    for held in (runs.held_means(), runs.held_medians()):
        assert least <= float(np.mean(held)) <= most, held
        # The single worker is the last of them.
        assert min(held) >= least - 0.07, held
    # None of these is so wide that it would say nothing.
    assert all(level.known for found in runs.found for level in found.levels)


@pytest.mark.parametrize(
    ("noise", "most"),
    [
        pytest.param(QUIET, 0.98, id="quiet"),
        pytest.param(SHORT, 0.98, id="0.1 s"),
        pytest.param(MIDDLE, 0.98, id="0.3 s"),
        pytest.param(SECOND, 0.99, id="1 s"),
        pytest.param(LONG, 0.995, id="3 s"),
        pytest.param(BIMODAL, 0.98, id="bimodal"),
        pytest.param(DRIFT, 0.98, id="drift"),
        pytest.param(OUTLIERS, 0.98, id="outliers"),
        pytest.param(QUANTISED, 0.98, id="quantised"),
    ],
)
def test_the_intervals_of_a_default_run_hold_the_truth(noise: Noise, most: float) -> None:
    check(simulate(Settings(), noise, 100), 0.92, most)


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(MIDDLE, id="0.3 s"),
        pytest.param(SECOND, id="1 s"),
        pytest.param(OUTLIERS, id="outliers"),
    ],
)
def test_the_intervals_of_a_run_with_a_ladder_hold_the_truth(noise: Noise) -> None:
    # Eight cores of two threads: 2, 4 and 8 workers beside the levels and the single worker.
    settings = on_cpus(Settings(), [cpu % 8 for cpu in range(16)], None)
    assert settings.ladder == (2, 4, 8)
    check(simulate(settings, noise, 60, cpus=16), 0.92, 0.99)


@pytest.mark.parametrize(
    ("noise", "least", "most"),
    [
        pytest.param(QUIET, 0.92, 0.985, id="quiet"),
        pytest.param(SHORT, 0.92, 0.985, id="0.1 s"),
        pytest.param(MIDDLE, 0.92, 0.985, id="0.3 s"),
        pytest.param(SECOND, 0.91, 0.98, id="1 s"),
        pytest.param(BIMODAL, 0.90, 0.98, id="bimodal"),
        # Three seconds do not tell a drift from a noise that lasts: it is paid for.
        pytest.param(DRIFT, 0.92, 1.0, id="drift"),
        pytest.param(OUTLIERS, 0.92, 0.99, id="outliers"),
        pytest.param(QUANTISED, 0.92, 0.985, id="quantised"),
    ],
)
def test_the_intervals_of_a_quick_run_hold_the_truth(
    noise: Noise, least: float, most: float
) -> None:
    check(simulate(Settings(profile="quick"), noise, 150), least, most)


@pytest.mark.parametrize(
    "noise", [pytest.param(QUIET, id="quiet"), pytest.param(SHORT, id="0.1 s")]
)
def test_the_intervals_of_a_run_that_goes_on_until_it_is_sure_hold_the_truth(noise: Noise) -> None:
    runs = simulate(Settings(profile="precise"), noise, 50)
    assert all(level.relative_half_width <= 0.01 for found in runs.found for level in found.levels)
    check(runs, 0.92, 0.99)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(MIDDLE, id="0.3 s"),
        pytest.param(SECOND, id="1 s"),
        pytest.param(LONG, id="3 s"),
        pytest.param(BIMODAL, id="bimodal"),
        pytest.param(SLOW_DRIFT, id="drift"),
        pytest.param(OUTLIERS, id="outliers"),
        pytest.param(QUANTISED, id="quantised"),
    ],
)
def test_stopping_at_narrow_intervals_leaves_them_true(noise: Noise) -> None:
    check(simulate(Settings(profile="precise"), noise, 100), 0.90, 0.99)


def test_what_lasts_longer_than_a_third_of_the_run_is_said_not_to_be_covered() -> None:
    found = simulate(Settings(), QUIET, 1).found[0]
    assert found.covered_seconds == pytest.approx(found.seconds / 3)
    assert 3.5 < found.covered_seconds < 4.5


def test_two_speeds_are_seen_and_no_others() -> None:
    seen = [found.modes for found in simulate(Settings(), BIMODAL, 30).found]
    known = [modes for modes in seen if modes is not None]
    assert len(known) >= 27
    assert np.median([modes.slow_ratio for modes in known]) == pytest.approx(0.82, abs=0.01)
    assert np.mean([modes.slow_share for modes in known]) == pytest.approx(0.3, abs=0.04)
    for noise in (QUIET, MIDDLE, LONG, DRIFT, OUTLIERS):
        assert not any(found.modes for found in simulate(Settings(), noise, 20).found)


def test_a_run_knows_about_how_much_longer_it_would_take() -> None:
    said, took = [], []
    for index in range(20):
        random = np.random.default_rng(SEED + index // 2)
        cut = index % 2 == 0
        settings = Settings(levels=(50,), profile="precise", max_duration=25.0 if cut else 1000.0)
        machine = Machine(random, Noise(lasting=0.04, seconds=0.3), settings)
        levels = measure_levels(settings, machine.run, elapsed_of(machine))
        if cut:
            said.append(machine.elapsed + seconds_missing(levels, settings.plan.goal))
        else:
            took.append(machine.elapsed)
    assert np.median(took) > 50
    assert 0.5 < np.median(said) / np.median(took) < 2
