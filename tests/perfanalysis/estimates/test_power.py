"""The power of a t test, against simulated ones and a table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfanalysis.estimates import student
from perfanalysis.estimates.power import detectable, power
from perfanalysis.estimates.ratios import Ratio


def found(error: float | None, df: float | None) -> Ratio:
    return Ratio(1.0, 0.9, 1.1, "runs", error=error, df=df)


@pytest.mark.parametrize(
    ("count", "deviations", "share"),
    [
        # So many on each side, two-sided at 5 %: 64 is Cohen's number for half a deviation.
        (64, 0.5, 0.80),
        (26, 0.8, 0.81),
        (17, 1.0, 0.807),
        (10, 0.5, 0.18),
        # No difference is told in 5 of 100.
        (10, 0.0, 0.05),
    ],
)
def test_known_powers(count: int, deviations: float, share: float) -> None:
    error = math.sqrt(2 / count)
    assert power(found(error, 2.0 * count - 2), deviations) == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize(("df", "beyond"), [(1, 0.0), (2, 0.0), (4, 1.0), (30, 1.0)])
def test_simulated_tests(df: int, beyond: float) -> None:
    random, draws, difference = np.random.default_rng(20261124), 100_000, 4.0
    middle = difference - beyond + random.standard_normal(draws)
    t = middle / np.sqrt(random.chisquare(df, draws) / df)
    critical = student.quantile(0.975, df)
    told = t > critical if beyond else np.abs(t) > critical
    assert power(found(1.0, float(df)), difference, beyond) == pytest.approx(told.mean(), abs=0.005)


@pytest.mark.parametrize(("error", "df", "beyond"), [(0.01, 2.0, 0.0), (0.003, 8.0, 0.02)])
def test_what_is_seen_in_eight_of_ten_cases(error: float, df: float, beyond: float) -> None:
    least = detectable(found(error, df), beyond)
    assert least is not None
    assert power(found(error, df), least, beyond) == pytest.approx(0.8, abs=1e-5)


def test_without_a_spread_nothing_is_known_and_without_scatter_all() -> None:
    assert power(found(None, None), 0.1) is None
    assert detectable(found(None, None)) is None
    assert power(found(0.0, 2.0), 0.1) == 1.0
    assert power(found(0.0, 2.0), 0.0) == 0.0
    assert detectable(found(0.0, 2.0), 0.02) == 0.02
