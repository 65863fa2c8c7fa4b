"""Simulated runs with known truth: how often the 95 % interval holds it."""

from __future__ import annotations

import numpy as np
import pytest

from perfanalysis.estimates.statistics import (
    effective_count,
    estimate,
    rank_correlation,
)

RUNS = 1000
TRUTH = 1000.0


def slices(
    random: np.random.Generator, count: int, correlation: float, outliers: float
) -> list[float]:
    """Rates around the truth: 1 % noise that lasts for a while, and slices that lose up to 40 %."""
    noise = np.empty(count)
    noise[0] = random.normal()
    for i in range(1, count):
        noise[i] = correlation * noise[i - 1] + np.sqrt(1 - correlation**2) * random.normal()
    values = TRUTH * (1 + 0.01 * noise)
    # Something else took a part of the slice; as often the slice gained (a boost of the clock), or
    # the truth would not be the median.
    hit = random.random(count) < outliers
    sign = np.where(random.random(count) < 0.5, -1.0, 1.0)
    values[hit] *= 1 + sign[hit] * random.uniform(0.05, 0.4, hit.sum())
    return [float(value) for value in values]


@pytest.mark.parametrize("count", [12, 20, 25, 60, 200])
@pytest.mark.parametrize("outliers", [0.0, 0.1, 0.25])
@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_the_interval_holds_the_truth(count: int, outliers: float, correlation: float) -> None:
    random = np.random.default_rng(20261123)
    held = 0
    for _ in range(RUNS):
        found = estimate(slices(random, count, correlation, outliers))
        assert found is not None
        held += found.lower <= TRUTH <= found.upper
    assert 0.90 <= held / RUNS <= 0.98


@pytest.mark.parametrize("correlation", [0.5, 0.6])
@pytest.mark.parametrize("count", [50, 200])
def test_slices_that_hang_together_are_told(count: int, correlation: float) -> None:
    random = np.random.default_rng(20261124)
    held = 0
    for _ in range(RUNS):
        found = estimate(slices(random, count, correlation, 0.1))
        assert found is not None
        held += found.lower <= TRUTH <= found.upper
    assert 0.90 <= held / RUNS <= 0.98


def test_correlation_of_ranks() -> None:
    assert rank_correlation([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(0.4)
    assert rank_correlation([1.0, 5.0, 2.0, 4.0]) < 0
    assert rank_correlation([3.0] * 9) == 0.0
    assert rank_correlation([1.0]) == 0.0


def test_values_that_follow_each_other_count_for_less() -> None:
    slow_wave = [float(i // 10 % 2) + i / 1000 for i in range(40)]
    assert effective_count(slow_wave) < 20
    assert effective_count([1.0, 2.0] * 10) == 20
