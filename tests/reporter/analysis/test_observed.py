"""Statistics of all samples: literal cases, then properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from perfanalysis.promql import Floats
from reporter.analysis.observed import (
    FEWEST_SAMPLES,
    Observed,
    fewest_samples,
    from_points,
    from_samples,
    greatest,
)
from reporter.asking import differences
from tests.reporter.made import spans


def every(seconds: float, values: list[float]) -> Observed:
    """Spans of one length that follow each other."""
    return spans(np.array(values), seconds, seconds)


def at(*times: float) -> Observed:
    """A gauge of 1 with samples at these times."""
    return from_samples(differences.gauge(np.array(times), np.ones(len(times))))


def test_a_mean_has_the_weights_of_its_spans() -> None:
    found = Observed(np.array([10.0, 40.0]), np.array([10.0, 30.0]), np.array([1.0, 0.2]), 10)
    assert found.mean() == pytest.approx(0.4)
    assert (found.maximum(), found.known_seconds, found.count) == (1.0, 40.0, 2)


def test_nothing_is_known_of_nothing() -> None:
    nothing = every(15, [])
    assert nothing.mean() is nothing.maximum() is nothing.percentile(50) is None
    assert nothing.saturation(0.9) == (0, 0)
    assert nothing.gaps(0, 60) == [(0, 60)]


def test_ten_minutes_of_each_hour_are_a_95th_percentile() -> None:
    hour = [1.0] * 40 + [0.1] * 200
    found = every(15, hour * 24)
    assert found.percentile(95) == 1.0
    assert found.percentile(50) == pytest.approx(0.1)
    assert found.saturation(0.9) == (24 * 600, 600)


@pytest.mark.parametrize(
    ("q", "fewest"), [(50, 20), (90, 20), (95, 20), (99, 100), (99.5, 200), (1, 100), (100, 20)]
)
def test_percentiles_of_few_samples_are_not_told(q: float, fewest: int) -> None:
    assert fewest_samples(q) == fewest
    assert every(15, [0.5] * (fewest - 1)).percentile(q) is None
    assert every(15, [0.5] * fewest).percentile(q) == 0.5


def test_a_percentile_has_the_weights_of_its_spans() -> None:
    # Half of the time is in one span of thirty.
    seconds = np.array([29.0] + [1.0] * 29)
    values = np.array([0.0] + [1.0] * 29)
    found = Observed(np.cumsum(seconds), seconds, values, 1)
    assert [found.percentile(q) for q in (5, 50, 51, 95)] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0.95, 0.9, 0.2, 0.99, 0.1], (180, 120)),
        # As hundredths of seconds leave it.
        ([0.8999999999999, 0.1], (60, 60)),
        ([0.89, 0.1], (0, 0)),
    ],
)
def test_time_at_or_above(values: list[float], told: tuple[float, float]) -> None:
    assert every(60, values).saturation(0.9) == told


def test_a_stretch_ends_at_a_gap() -> None:
    found = at(0.0, 60, 120, 600, 660, 720, 780)
    assert found.stretches(0.9) == [(0, 120), (600, 780)]
    assert found.saturation(0.9) == (300, 180)


@pytest.mark.parametrize(
    ("times", "gaps"),
    [
        (range(0, 301, 15), []),
        # Lost at 60, 75 and 90.
        ([*range(0, 46, 15), *range(105, 301, 15)], [(60, 105)]),
        (range(120, 301, 15), [(0, 120)]),
        (range(0, 181, 15), [(180, 300)]),
        # Where scrapes stand in the range is chance.
        (range(14, 290, 15), []),
        # Every 5 s first, every 20 s then.
        ([*range(0, 100, 5), *range(115, 301, 20)], []),
    ],
)
def test_gaps(times: range | list[int], gaps: list[tuple[float, float]]) -> None:
    found = at(*times)
    assert found.gaps(0, 300) == gaps
    assert found.missing(0, 300) == sum(to - since for since, to in gaps)


def test_days_are_exact() -> None:
    lost = range(86_400, 86_400 + 302_400, 15)
    found = at(*(t for t in range(0, 7 * 86_400 + 1, 15) if t not in lost))
    assert found.missing(0, 7 * 86_400) == 302_400


def test_the_window_is_read_from_neighbouring_samples() -> None:
    # Two hours of data in a week.
    assert at(*range(500_000, 507_201, 15)).window == 15


def test_points_stand_for_their_step() -> None:
    found = from_points(np.array([60.0, 120, 180]), np.array([0.1, np.nan, 0.3]), 60, 240)
    assert (found.count, found.window, found.known_seconds) == (2, 240, 120)


def test_of_several_disks_the_greatest_counts() -> None:
    one, other = every(15, [0.1, 0.9, 0.1]), every(15, [0.5, 0.2])
    found = greatest([one, other])
    assert found.values.tolist() == [0.5, 0.9, 0.1]
    assert (found.known_seconds, found.window) == (45, 15)
    assert greatest([one]) is one


def test_as_many_values_as_spans() -> None:
    with pytest.raises(ValueError, match="as many"):
        Observed(np.zeros(2), np.zeros(2), np.zeros(1), 1)


FLOATS = st.lists(st.floats(0, 1), min_size=FEWEST_SAMPLES, max_size=200)


@given(FLOATS, st.floats(5, 95))
def test_with_equal_spans_percentiles_are_those_of_numpy(values: list[float], q: float) -> None:
    assume(abs(q / 100 * len(values) - round(q / 100 * len(values))) > 1e-6)
    expected = np.percentile(np.array(values), q, method="inverted_cdf")
    assert every(15, values).percentile(q) == expected


@given(FLOATS, st.floats(0, 1))
def test_what_is_above_and_what_is_not_are_all(values: list[float], limit: float) -> None:
    found = every(15, values)
    above: Floats = np.array(values) >= limit - 1e-6
    assert found.saturation(limit)[0] == pytest.approx(15 * above.sum())
    stretches = found.stretches(limit)
    assert sum(to - since for since, to in stretches) == pytest.approx(15 * above.sum())
