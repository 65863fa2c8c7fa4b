"""A trend against what the textbook's formulas give by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfanalysis.estimates import student
from perfanalysis.promql import Floats
from reporter.analysis.forecast import Trend, daily_peaks, trend

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


def made(values: list[float], slope: float, half: float = 0.0, *, certain: bool = True) -> Trend:
    """A line by days whose data end on day 0, with a band of ``half`` on both sides."""
    ahead, line = BEGIN + DAY * np.arange(len(values)), np.array(values)
    bounds = (slope, slope) if certain else (slope - 1, slope + 1)
    known = ahead[:1], line[:1]
    return Trend(*known, ahead, line, line - half, line + half, slope, *bounds)


@pytest.mark.parametrize(
    ("trend", "kind", "earliest", "latest"),
    [
        (made([0.7, 0.8, 0.9, 1.0], 0.1), "between", 2, 2),
        # The band is there a day before, and a day behind.
        (made([0.7, 0.8, 0.9, 1.0], 0.1, 0.1), "between", 1, 3),
        (made([0.7, 0.8, 0.9], 0.1, 0.05), "not before", 1.5, None),
        # Between two points.
        (made([0.7, 0.8, 1.0], 0.15), "between", 1.5, 1.5),
        (made([0.7, 0.8], 0.1), "not within", None, None),
        # The slope may as well be none.
        (made([0.7, 0.8, 0.9, 1.0], 0.1, 0.1, certain=False), "not before", 1, None),
        (made([0.85, 0.85], 0.0, 0.1, certain=False), "cannot tell", 0, None),
        (made([0.85, 0.80], -0.05, 0.1), "cannot tell", 0, None),
        # It was above the limit, by less than the interval.
        (made([0.92, 0.92], 0.0, 0.1, certain=False), "any time", 0, None),
        (made([0.95, 0.96], 0.01, 0.01), "now", 0, 0),
        (made([0.95, 0.80], -0.15, 0.01), "now", 0, 0),
        (made([0.5, 0.4], -0.1), "not within", None, None),
    ],
)
def test_when_a_limit_is_reached(
    trend: Trend, kind: str, earliest: float | None, latest: float | None
) -> None:
    found = trend.reach(0.9)
    assert found.kind == kind
    for day, moment in ((earliest, found.earliest), (latest, found.latest)):
        if day is None:
            assert moment is None
        else:
            assert moment == pytest.approx(BEGIN + day * DAY, abs=1)


def test_a_forecast_of_a_ratio_goes_no_farther_than_it_can() -> None:
    found = made([0.7, 0.9, 1.1, 1.3], 0.2, 0.1).within(0.0, 1.0)
    assert found.line.tolist() == pytest.approx([0.7, 0.9, 1.0, 1.0])
    assert found.upper.tolist() == pytest.approx([0.8, 1.0, 1.0, 1.0])
    assert found.lower.tolist() == pytest.approx([0.6, 0.8, 1.0, 1.0])
    # What is full is so when the line is there, and not only beyond it.
    assert found.reach(1.0).kind == "between"
    fallen = made([0.1, -0.1], -0.2, 0.1).within(0.0, 1.0)
    assert fallen.lower.tolist() == [0.0, 0.0]


def test_the_peak_of_each_day() -> None:
    # BEGIN is the begin of a day; of the third one only 17 hours are known.
    day = BEGIN // DAY * DAY
    hours = np.arange(1, 24 * 2 + 18)
    values = np.full(len(hours), 0.2)
    values[[5, 30, 64]] = [0.9, 0.6, 1.0]
    times, peaks = daily_peaks(day + hours * 3600.0, np.full(len(hours), 3600.0), values)
    assert times.tolist() == [day + DAY / 2, day + 1.5 * DAY]
    assert peaks.tolist() == [0.9, 0.6]


@pytest.mark.parametrize(("slope", "certain"), [(0.1, True), (0.0, False), (-0.1, True)])
def test_a_trend_whose_interval_leaves_0_out_is_certain(slope: float, certain: bool) -> None:
    assert made([1.0, 1.0], slope).certain is certain
