"""Simulated comparisons with a known truth: how often the ratio's 95 % interval holds it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate
from perfanalysis.estimates.statistics import Estimate, estimate
from tests.perfanalysis.estimates.test_coverage_of_intervals import RUNS, TRUTH, slices

RATIO = 1.03


def of_slices(random: np.random.Generator, count: int, correlation: float) -> Estimate:
    found = estimate(slices(random, count, correlation, outliers=0.1))
    assert found is not None
    return found


@pytest.mark.parametrize("counts", [(20, 20), (50, 18), (200, 60)])
@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_two_runs_by_their_slices(counts: tuple[int, int], correlation: float) -> None:
    random = np.random.default_rng(20261124)
    held = 0
    for _ in range(RUNS):
        first = of_slices(random, counts[0], correlation)
        plain = of_slices(random, counts[1], correlation)
        second = Estimate(plain.value * RATIO, plain.lower * RATIO, plain.upper * RATIO)
        found = ratios.compare([[Rate(first.value, first)]], [[Rate(second.value, second)]])
        assert found.basis == "slices"
        assert found.lower is not None
        assert found.upper is not None
        held += found.lower <= RATIO <= found.upper
    assert 0.90 <= held / RUNS <= 0.98


def runs(random: np.random.Generator, truth: float, count: int, spread: float) -> list[Rate]:
    """Runs of one machine: each is off by the spread, and one of ten by three times that."""
    scale = np.where(random.random(count) < 0.1, 3 * spread, spread)
    return [
        Rate(float(value), None) for value in truth * np.exp(scale * random.standard_normal(count))
    ]


@pytest.mark.parametrize(
    ("counts", "spreads"),
    [
        ((2, 2), (0.01, 0.01)),
        ((3, 3), (0.01, 0.01)),
        ((5, 5), (0.01, 0.03)),
        ((10, 4), (0.01, 0.02)),
        ((20, 20), (0.02, 0.01)),
        ((8, 1), (0.01, 0.01)),
    ],
)
def test_several_runs_by_their_estimates(
    counts: tuple[int, int], spreads: tuple[float, float]
) -> None:
    random = np.random.default_rng(20261124)
    held = 0
    for _ in range(RUNS):
        first = [runs(random, TRUTH, counts[0], spreads[0])]
        second = [runs(random, TRUTH * RATIO, counts[1], spreads[1])]
        found = ratios.compare(first, second)
        assert found.basis == "runs"
        assert found.lower is not None
        assert found.upper is not None
        held += found.lower <= RATIO <= found.upper
    assert 0.90 <= held / RUNS <= 0.98


def machines(random: np.random.Generator, truth: float, count: int) -> list[list[Rate]]:
    return [
        runs(random, truth * math.exp(0.03 * random.standard_normal()), 4, 0.01)
        for _ in range(count)
    ]


@pytest.mark.parametrize("counts", [(3, 3), (8, 5), (6, 1)])
def test_several_machines_by_their_means(counts: tuple[int, int]) -> None:
    random = np.random.default_rng(20261124)
    held = 0
    for _ in range(RUNS):
        first, second = (
            machines(random, truth, count)
            for truth, count in zip((TRUTH, TRUTH * RATIO), counts, strict=True)
        )
        found = ratios.compare(first, second)
        assert found.basis == "machines"
        assert found.lower is not None
        assert found.upper is not None
        held += found.lower <= RATIO <= found.upper
    assert 0.90 <= held / RUNS <= 0.98


def test_runs_that_vary_are_more_doubtful_than_their_slices_say() -> None:
    """The reason for taking runs, not slices, where there are several."""
    random = np.random.default_rng(20261124)
    held = 0
    for _ in range(300):
        pair = []
        for _ in range(2):
            plain, off = of_slices(random, 50, 0.0), math.exp(0.02 * random.standard_normal())
            pair.append(
                [[Rate(plain.value * off, Estimate(1.0, plain.lower * off, plain.upper * off))]]
            )
        found = ratios.compare(*pair)
        assert found.lower is not None
        assert found.upper is not None
        held += found.lower <= 1 <= found.upper
    assert held / 300 < 0.6


@pytest.mark.parametrize("difference", [0.01, 0.03])
def test_so_many_runs_settle_it_in_most_cases(difference: float) -> None:
    random = np.random.default_rng(20261124)
    count = ratios.runs_needed(difference, 0.02)
    settled = 0
    for _ in range(400):
        first, second = (
            [[Rate(float(v), None) for v in np.exp(0.02 * random.standard_normal(count) + shift)]]
            for shift in (0.0, difference)
        )
        settled += ratios.compare(first, second).verdict == "faster"
    assert 0.75 <= settled / 400 <= 0.9
