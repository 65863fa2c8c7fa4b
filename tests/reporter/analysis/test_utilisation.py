"""Percentiles, saturation, anomalies, the week, fit and trend: literal cases, then properties."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.analysis.fit import busy_for, predict, smallest, work_at
from reporter.analysis.fit_bounds import BUSY_LIMIT
from reporter.analysis.forecast import trend
from reporter.analysis.radar import shares
from reporter.analysis.utilisation import anomalies, summarise, week
from reporter.asking.machines import Machine
from tests.reporter.made import at_two_speeds, machine, spans


def test_a_summary_by_hand() -> None:
    found = summarise(spans(np.arange(100) / 100))
    assert found
    assert (found.p50, found.p95, found.p99) == (0.49, 0.94, 0.98)
    assert (found.mean, found.maximum, found.points, found.window) == (0.495, 0.99, 100, 60)
    few = summarise(spans(np.array([0.0, 0.1, 0.2])))
    assert few
    assert (few.mean, few.p50, few.p95, few.maximum) == (pytest.approx(0.1), None, None, 0.2)
    assert summarise(None) is summarise(spans(np.array([]))) is None


@given(st.lists(st.floats(0, 1), min_size=100, max_size=200))
def test_percentiles_are_in_order(values: list[float]) -> None:
    found = summarise(spans(np.array(values)))
    assert found
    assert found.p50 is not None
    assert found.p95 is not None
    assert found.p99 is not None
    assert found.p50 <= found.p95 <= found.p99 <= found.maximum
    assert min(values) - 1e-12 <= found.mean <= found.maximum + 1e-12


def test_an_anomaly_is_found_with_its_times() -> None:
    times = np.arange(0, 6000, 60.0)
    values = 0.3 + 0.02 * np.sin(times / 200)
    values[50:53] = 0.9
    (found,) = anomalies(spans(values))
    assert (found.start, found.end, found.peak) == (2940, 3120, 0.9)


def test_what_is_far_is_told_from_the_noise_around_it() -> None:
    # The distances from the median are 0.05, 0, 0.05 in turn: six deviations are 0.4448.
    for height, count in ((0.44, 0), (0.45, 1)):
        values = np.tile([0.35, 0.40, 0.45], 30)
        values[40] = 0.40 + height
        assert len(anomalies(spans(values))) == count


def test_a_fall_is_as_unusual_as_a_peak() -> None:
    values = np.full(60, 0.5)
    values[30:32] = 0.1, 0.0
    (found,) = anomalies(spans(values))
    assert found.peak == 0.0


@pytest.mark.parametrize(("count", "found"), [(24, 0), (25, 1)])
def test_a_point_needs_neighbours_on_both_sides(count: int, found: int) -> None:
    values = np.full(count, 0.2)
    values[12] = 0.9
    assert len(anomalies(spans(values))) == found


def test_a_wave_that_the_range_cuts_off_is_no_anomaly() -> None:
    times = np.arange(0, 86_400, 360.0)
    steep = 0.5 + 0.4 * np.sin(2 * np.pi * times / 21_600)
    assert anomalies(spans(steep, 360)) == []
    assert anomalies(spans(steep[::-1], 360)) == []
    # What leaps near the end is one there, too.
    steep[-6:-3] = 0.0
    (found,) = anomalies(spans(steep, 360))
    assert (found.start, found.end, found.peak) == (times[-7], times[-4], 0.0)


@given(st.floats(0, 1), st.integers(25, 200))
def test_what_never_changes_has_no_anomaly(level: float, count: int) -> None:
    assert anomalies(spans(np.full(count, level))) == []


def test_the_week_starts_on_monday() -> None:
    # 5 January 1970 was a Monday; 03:30 and 03:45 fall into one hour.
    monday = 4 * 86400.0 + 3.5 * 3600
    cells = week(spans(np.array([0.2, 0.4]), 900, monday))
    assert cells[0, 3] == pytest.approx(0.3)
    assert np.isfinite(cells).sum() == 1


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=50),
    st.floats(1, 1e5),
)
def test_work_read_from_a_curve_and_back_is_the_same_use(busy: list[float], most: float) -> None:
    test = machine("a", most, 0.1).test
    assert test
    at = np.array(busy)
    assert busy_for(test.curve, work_at(test.curve, at)) == pytest.approx(at, abs=1e-9)


def test_fit_by_hand() -> None:
    # The observed machine does 500 units/s at 50 %; one that does 2,000 is 25 % busy with these,
    # and one that does 400 cannot do them: 125 %.
    observed = machine("observed", 1000.0, 0.10)
    large, small = machine("large", 2000.0, 0.15), machine("small", 400.0, 0.03)
    fits = {
        f.machine.name: f
        for f in predict([observed, large, small], observed, spans(np.full(100, 0.5)))
    }
    assert fits["large"].p99 == pytest.approx(0.25)
    assert fits["small"].p99 == pytest.approx(1.25)
    assert [fits[name].fits for name in ("observed", "large", "small")] == [True, True, False]
    # 500 units/s at 90 % of 400 take two; two cost 0.06 an hour, 730 hours a month.
    assert fits["small"].count == 2
    assert fits["small"].month == pytest.approx(43.8)
    best = smallest(list(fits.values()))
    assert best
    assert best.machine.name == "observed"
    own = fits["large"].own_per_dollar
    assert own
    assert own.value == pytest.approx(1000 / 0.15)
    # Its own work is the mean; how busy a machine would be is told from medians.
    large = at_two_speeds(large, 0.9)
    (fit,) = predict([large], observed, spans(np.full(100, 0.5)))
    assert fit.own_per_dollar
    assert fit.own_per_dollar.value == pytest.approx(900 / 0.15)
    assert fit.own_per_dollar.upper == pytest.approx(1.01 * 900 / 0.15)
    assert fit.p99 == pytest.approx(0.25)


def disturbed(name: str, reached: list[float], *, valid: bool | None) -> Machine:
    made = machine(name, 1000.0, 0.10)
    assert made.test
    curve = replace(made.test.curve, reached=np.array(reached))
    return replace(made, test=replace(made.test, curve=curve, valid=valid))


def test_a_curve_that_does_not_tell_work_from_use_is_left_out() -> None:
    # Other work kept it at 100 % whatever was asked: at 50 % busy it did not do what it did there.
    full = disturbed("full", [1.0, 1.0], valid=False)
    off = disturbed("off", [0.7, 1.0], valid=False)
    slow = disturbed("slow", [0.44, 0.9], valid=True)
    observed = machine("observed", 1000.0, 0.10)
    fits = predict([observed, full, off, slow], observed, spans(np.full(100, 0.5)))
    assert [f.machine.name for f in fits] == ["observed", "slow"]
    assert predict([observed], full, spans(np.full(100, 0.5))) == []


def test_a_curve_without_intervals_has_no_ranking() -> None:
    observed = machine("observed", 1000.0, 0.10)
    assert observed.test
    unknown = np.full(2, np.nan)
    curve = replace(observed.test.curve, lower=unknown, upper=unknown)
    old = replace(observed, name="old", test=replace(observed.test, curve=curve))
    (found,) = predict([old], observed, spans(np.full(100, 0.5)))
    assert found.mean == pytest.approx(0.5)
    assert (found.own_units, found.own_per_dollar) == (None, None)


def test_memory_that_does_not_fit_is_no_fit() -> None:
    observed = machine("observed", 1000.0, 0.10)
    tight = machine("tight", 1000.0, 0.05)
    object.__setattr__(tight, "memory_bytes", 1000.0)
    (found,) = predict([tight], observed, spans(np.full(100, 0.2)), memory_bytes=950.0)
    assert found.memory == 0.95
    assert not found.fits
    assert found.count == 2


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=60), st.floats(10, 1e4))
def test_so_many_machines_hold_the_peak(busy: list[float], most: float) -> None:
    observed, other = machine("o", 1000.0, 0.1), machine("c", most, 0.1)
    every = np.repeat(busy, 100)
    (found,) = predict([other], observed, spans(every))
    peak = np.percentile(every * 1000, 99, method="inverted_cdf")
    assert found.count is not None
    assert found.count * most * BUSY_LIMIT >= peak * (1 - 1e-6)
    assert found.count == 1 or (found.count - 1) * most * BUSY_LIMIT < peak * (1 + 1e-6)


@given(st.floats(-0.1, 0.1), st.floats(0, 1), st.integers(8, 300))
def test_a_straight_line_is_its_own_trend(slope: float, start: float, count: int) -> None:
    times = 1e9 + np.arange(count) * 3600.0
    values = start + slope * (times - times[0]) / 86400
    found = trend(times, values, times[-1] + 86400)
    assert found
    assert found.slope == pytest.approx(slope, abs=1e-9)
    assert found.line[-1] == pytest.approx(values[-1] + slope, abs=1e-6)


def test_noise_has_no_certain_trend_and_the_band_holds_it() -> None:
    random = np.random.default_rng(7)
    times = np.arange(600) * 3600.0
    certain, held = 0, []
    for _ in range(60):
        found = trend(times[:300], 0.5 + 0.05 * random.standard_normal(300), times[-1])
        assert found
        certain += found.certain
        held.append(np.mean((found.values > found.lower[0]) & (found.values < found.upper[0])))
    # One in 20 by chance; 60 series give more than 9 in one case of 1,000.
    assert certain <= 9
    assert np.mean(held) > 0.9


def test_a_trend_needs_eight_stretches() -> None:
    assert trend(np.arange(7.0), np.arange(7.0), 10.0) is None


def test_shares_of_the_best() -> None:
    axes, found = shares({"a": {"x": 2.0, "y": 5.0}, "b": {"x": 4.0, "z": 1.0}})
    assert axes == ["x"]
    assert found == {"a": [0.5], "b": [1.0]}
    assert math.isclose(shares({"a": {"x": 3.0}})[1]["a"][0] or 0, 1.0)
