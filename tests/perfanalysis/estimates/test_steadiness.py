"""Simulated machines that run out of credit, and others that do not."""

from __future__ import annotations

import numpy as np
import pytest

from perfanalysis.estimates import steadiness
from perfanalysis.estimates.steadiness import change_point, find_step

BURST = 1000.0
RUNS = 200


def rates(
    random: np.random.Generator, levels: list[float], *, noise: float = 0.03, outliers: float = 0.05
) -> list[float]:
    """A rate for every second around these levels: correlated noise, and seconds that lose half."""
    own = random.standard_normal(len(levels))
    for i in range(1, len(own)):
        own[i] = 0.5 * own[i - 1] + np.sqrt(0.75) * own[i]
    values = np.array(levels) * (1 + noise * own)
    values[random.random(len(levels)) < outliers] *= 0.5
    return [float(value) for value in values]


def plateau(seconds: int, level: float = BURST) -> list[float]:
    return [level] * seconds


def ramp(seconds: int, start: float, end: float) -> list[float]:
    return [float(v) for v in np.linspace(start, end, seconds)]


@pytest.mark.parametrize("share", [0.05, 0.2, 0.6])
@pytest.mark.parametrize("burst", [15, 300])
@pytest.mark.parametrize("fall", [0, 60])
def test_the_end_of_credit_is_seen(burst: int, fall: int, share: float) -> None:
    random = np.random.default_rng(20261124)
    baseline = BURST * share
    levels = [*plateau(burst), *ramp(fall, BURST, baseline), *plateau(90, baseline)]
    found = 0
    for _ in range(RUNS):
        step = find_step(rates(random, levels))
        if step is None:
            continue
        found += 1
        assert abs(step.burst_end - burst) <= max(5, 0.6 * fall)
        assert abs(step.baseline_start - burst - fall) <= max(5, 0.6 * fall)
        assert step.burst.value == pytest.approx(BURST, rel=0.08)
        assert step.baseline.value == pytest.approx(baseline, rel=0.08)
    assert found / RUNS >= 0.97


def test_the_intervals_hold_both_rates() -> None:
    random = np.random.default_rng(20261124)
    held, seen = np.zeros(2), 0
    for _ in range(RUNS):
        step = find_step(rates(random, [*plateau(120), *plateau(60, 200.0)], outliers=0.0))
        if step is None:
            continue
        seen += 1
        held += [
            step.burst.lower <= BURST <= step.burst.upper,
            step.baseline.lower <= 200.0 <= step.baseline.upper,
        ]
    assert seen / RUNS >= 0.97
    assert held.min() / seen >= 0.90


@pytest.mark.parametrize(
    "levels",
    [
        plateau(300),
        # A neighbour for a while.
        [*plateau(100), *plateau(25, 500.0), *plateau(60)],
        # Too little of a fall, or a rise.
        [*plateau(100), *plateau(100, 950.0)],
        [*plateau(100, 300.0), *plateau(100)],
        # Still falling, or fallen just now.
        [*plateau(100), *ramp(100, BURST, 300.0)],
        [*plateau(100), *plateau(20, 200.0)],
        # The burst was over before this phase began.
        [*plateau(5), *plateau(100, 200.0)],
        plateau(20),
    ],
    ids=["flat", "neighbour", "small", "rise", "falling", "new", "late", "short"],
)
def test_what_is_no_end_of_credit(levels: list[float]) -> None:
    random = np.random.default_rng(20261124)
    # Looked at again and again as the seconds come in, as a run does.
    seen = 0
    for _ in range(20):
        found = rates(random, levels)
        seen += any(find_step(found[:end]) for end in range(5, len(found) + 1, 5))
    assert seen <= 1


def test_a_noisy_machine_falls_rarely_by_chance() -> None:
    random = np.random.default_rng(20261124)
    seen = 0
    for _ in range(50):
        found = rates(random, plateau(600), noise=0.1)
        seen += any(find_step(found[:end]) for end in range(5, len(found) + 1, 5))
    assert seen <= 2


def test_the_change_point() -> None:
    assert change_point([5.0] * 7 + [3.0] * 4) == 7
    assert change_point([3.0] * 4 + [5.0] * 7) == 4
    assert change_point([1.0]) == 1
    assert find_step([]) is None
    assert find_step([5.0] * steadiness.LEAST_BURST + [1.0] * steadiness.LEAST_BASELINE)
