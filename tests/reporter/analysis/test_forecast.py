"""A trend against what the textbook's formulas give by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfanalysis.estimates import student
from perfanalysis.promql import Floats
from reporter.analysis.forecast import Trend, trend

DAY = 86_400.0
BEGIN = 1e9
# Neither a level nor a slope is in these, so that the fitted line is the one they were added to.
OFF = np.array([1.0, -1, -1, 1, 1, -1, -1, 1])


def series(off: Floats) -> tuple[Floats, Floats]:
    """One value a day: 1, and 0.1 more each day, and 0.02 off it."""
    days = np.arange(len(off))
    return BEGIN + days * DAY, 1 + 0.1 * days + 0.02 * off


def test_the_interval_of_independent_values_is_that_of_the_textbook() -> None:
    times, values = series(OFF)
    found = trend(times, values, BEGIN + 14 * DAY)
    assert found
    # Eight values and two that were fitted: six degrees of freedom.
    t, deviation = 2.446912, 0.02 * math.sqrt(8 / 6)
    # The squares of 0 .. 7, less their mean: 42.
    half = t * deviation / math.sqrt(42)
    assert found.slope == pytest.approx(0.1)
    assert found.slope_lower == pytest.approx(0.1 - half, rel=1e-5)
    assert found.slope_upper == pytest.approx(0.1 + half, rel=1e-5)
    assert (found.ahead[0], found.ahead[-1]) == (BEGIN, BEGIN + 14 * DAY)
    for place, day in ((0, 0), (-1, 14)):
        half = t * deviation * math.sqrt(1 + 1 / 8 + (day - 3.5) ** 2 / 42)
        assert found.line[place] == pytest.approx(1 + 0.1 * day)
        assert found.lower[place] == pytest.approx(1 + 0.1 * day - half, rel=1e-5)
        assert found.upper[place] == pytest.approx(1 + 0.1 * day + half, rel=1e-5)


def test_values_that_hang_together_tell_less() -> None:
    times, values = series(np.repeat(OFF, 2))
    found = trend(times, values, times[-1])
    assert found
    # Of 15 neighbours 11 agree and 4 do not: 7 / 16 of the sum of squares.
    independent = 16 * (1 - 7 / 16) / (1 + 7 / 16)
    t = student.quantile(0.975, independent - 2)
    # The squares of 0 .. 15, less their mean: 340.
    half = t * 0.02 * math.sqrt(16 / 14) * math.sqrt(16 / independent / 340)
    assert found.slope_upper - found.slope == pytest.approx(half)
    assert found.slope - found.slope_lower == pytest.approx(half)


def test_values_that_hang_together_wholly_count_as_three() -> None:
    # A parabola: each of 60 values is off the line nearly as the one before it.
    days = np.arange(60.0)
    times, values = BEGIN + days * DAY, 0.01 * (days - 29.5) ** 2
    found = trend(times, values, times[-1])
    assert found
    # One degree of freedom; the squares of 0 .. 59, less their mean: 17,995.
    deviation = math.sqrt(((values - values.mean()) ** 2).sum() / 58)
    half = 12.706205 * deviation * math.sqrt(60 / 3 / 17_995)
    assert found.slope == pytest.approx(0, abs=1e-9)
    assert found.slope_upper == pytest.approx(half, rel=1e-5)


def test_what_is_unknown_is_left_out_and_so_is_an_end_before_the_data() -> None:
    times, values = series(np.tile(OFF, 2))
    values[3] = np.nan
    found = trend(times, values, BEGIN)
    known = trend(np.delete(times, 3), np.delete(values, 3), BEGIN)
    assert found and known
    assert found.values.tolist() == known.values.tolist()
    assert (found.ahead[0], found.ahead[-1]) == (times[0], found.times[-1])


def test_many_points_in_one_stretch_are_one() -> None:
    times = BEGIN + np.concatenate([np.arange(50.0), [DAY]])
    assert trend(times, np.ones(51), BEGIN + DAY) is None


def made(line: list[float], slope: float) -> Trend:
    ahead, values = BEGIN + DAY * np.arange(len(line)), np.array(line)
    return Trend(ahead, values, ahead, values, values, values, slope, slope, slope)


@pytest.mark.parametrize(
    ("line", "slope", "limit", "day"),
    [
        ([0.7, 0.9, 1.1], 0.2, 0.9, 1),
        ([0.7, 0.9, 1.1], 0.2, 1.0, 2),
        ([0.7, 0.9, 1.1], 0.2, 1.2, None),
        ([0.95, 1.0], 0.05, 0.9, 0),
        # It comes from above, or goes nowhere.
        ([1.0, 0.8], -0.2, 0.9, None),
        ([0.9, 0.9], 0.0, 0.9, None),
    ],
)
def test_when_a_limit_is_reached(
    line: list[float], slope: float, limit: float, day: int | None
) -> None:
    assert made(line, slope).reaches(limit) == (None if day is None else BEGIN + day * DAY)


@pytest.mark.parametrize(("slope", "certain"), [(0.1, True), (0.0, False), (-0.1, True)])
def test_a_trend_whose_interval_leaves_0_out_is_certain(slope: float, certain: bool) -> None:
    assert made([1.0, 1.0], slope).certain is certain
