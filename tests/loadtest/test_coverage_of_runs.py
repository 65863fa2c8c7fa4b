"""How often the intervals of simulated runs hold the truth: the noises that tell most.

The whole table of docs/statistics.md is held by test_coverage_table.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from loadtest.driving.settings import Settings, on_cpus
from loadtest.estimation import estimate_levels
from loadtest.passes import measure_levels, seconds_missing
from tests.loadtest.simulated_machine import Machine, Noise, elapsed_of
from tests.loadtest.simulated_runs import NOISES, SEED, Case, simulate


def cases(*found: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.noise) for case in found])


# So few runs tell an interval that is too narrow, and none that is somewhat wide.
WIDE = 99.7


@cases(
    Case("none", most=WIDE),
    Case("0.3 s", most=WIDE),
    Case("1 s", mean=91, most=WIDE),
    Case("two speeds, 0.2 s", most=WIDE, given=90),
    Case("5 % outliers", most=WIDE),
)
def test_the_intervals_of_a_quick_run_hold_the_truth(case: Case) -> None:
    case.check(simulate(Settings(profile="quick"), NOISES[case.noise], 70))


@cases(
    Case("none", level=80, most=WIDE),
    Case("1 s", level=80, most=WIDE),
    Case("two speeds, 0.2 s", level=80, most=WIDE, seen=(90, 100)),
)
def test_the_intervals_of_a_default_run_hold_the_truth(case: Case) -> None:
    case.check(simulate(Settings(), NOISES[case.noise], 30))


@cases(Case("1 s", level=80, most=WIDE), Case("5 % outliers", level=80, most=WIDE))
def test_the_intervals_of_a_run_with_a_ladder_hold_the_truth(case: Case) -> None:
    # Eight cores of two threads: 2, 4 and 8 workers beside the levels and the single worker.
    settings = on_cpus(Settings(), [cpu % 8 for cpu in range(16)], None)
    assert settings.ladder == (2, 4, 8)
    case.check(simulate(settings, NOISES[case.noise], 30, cpus=16))


@cases(
    Case("others take whole rounds", most=WIDE),
    Case("no slice is clean", most=WIDE),
    # A third of the runs meet no such round, and cannot know that there are some: the median holds.
    Case("a neighbour slows whole rounds, unseen", mean=60, level=60, most=WIDE),
)
def test_intervals_hold_the_truth_when_others_come_between(case: Case) -> None:
    settings = Settings(levels=(50, 100), max_duration=6.0)
    case.check(simulate(settings, NOISES[case.noise], 40))


def test_what_lasts_longer_than_a_third_of_the_run_is_said_not_to_be_covered() -> None:
    found = simulate(Settings(), NOISES["none"], 1).found[0]
    assert found.covered_seconds == pytest.approx(found.seconds / 3)
    assert 3.5 < found.covered_seconds < 4.5


def test_two_speeds_are_measured() -> None:
    random = np.random.default_rng(SEED)
    machine = Machine(random, NOISES["two speeds, 0.2 s"], Settings())
    levels = measure_levels(Settings(), machine.run, elapsed_of(machine))
    modes = estimate_levels(levels).modes
    assert modes is not None
    assert modes.slow_ratio == pytest.approx(0.82, abs=0.01)
    assert 0.1 < modes.slow_share < 0.5


def test_a_run_knows_about_how_much_longer_it_would_take() -> None:
    said, took = [], []
    for index in range(10):
        random = np.random.default_rng(SEED + index // 2)
        cut = index % 2 == 0
        settings = Settings(levels=(50,), profile="precise", max_duration=15.0 if cut else 1000.0)
        machine = Machine(random, Noise(lasting=0.03, seconds=0.3), settings)
        levels = measure_levels(settings, machine.run, elapsed_of(machine))
        if cut:
            said.append(machine.elapsed + seconds_missing(levels, settings.plan.goal))
        else:
            took.append(machine.elapsed)
    assert np.median(took) > 25
    assert 0.5 < np.median(said) / np.median(took) < 2
