from __future__ import annotations

import math

import pytest

from benchmarks.case import Figure, Goal
from perfanalysis.estimates.statistics import Estimate

EIGHTH = Goal("<= 1/8", 0.125)


@pytest.mark.parametrize(
    ("estimate", "verdict"),
    [
        (Estimate(0.1, 0.09, 0.125), "met"),
        (Estimate(0.1, 0.09, 0.126), "cannot tell"),
        (Estimate(0.13, 0.12, 0.14), "cannot tell"),
        (Estimate(0.14, 0.13, 0.15), "not met"),
        (Estimate(0.1, -math.inf, math.inf), "met"),
        (Estimate(0.2, -math.inf, math.inf), "not met"),
    ],
)
def test_verdict_below_a_maximum(estimate: Estimate, verdict: str) -> None:
    assert EIGHTH.verdict(estimate) == verdict


@pytest.mark.parametrize(
    ("estimate", "verdict"),
    [
        (Estimate(1.0, 0.95, 1.05), "met"),
        (Estimate(1.0, 0.85, 1.05), "cannot tell"),
        (Estimate(0.8, 0.7, 0.85), "not met"),
        (Estimate(1.2, 1.15, 1.3), "not met"),
    ],
)
def test_verdict_between_bounds(estimate: Estimate, verdict: str) -> None:
    assert Goal("0.9 to 1.1", 1.1, 0.9).verdict(estimate) == verdict


def test_the_result_is_the_ratio_when_there_is_another_side() -> None:
    assert Figure("time", "s", [1.0, 3.0], [2.0, 6.0]).result.value == 0.5
    assert Figure("time", "s", [1.0, 3.0]).result.value == 2.0
