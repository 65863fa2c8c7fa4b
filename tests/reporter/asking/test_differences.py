"""How samples become ratios and rates: literal cases of what counts and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.asking import differences

NAN = float("nan")


def at(*numbers: float) -> np.typing.NDArray[np.float64]:
    return np.array(numbers, dtype=np.float64)


def same(found: object, expected: list[float]) -> bool:
    return bool(np.allclose(np.array(found), np.array(expected), equal_nan=True))


def test_a_ratio_is_of_neighbouring_samples() -> None:
    found = differences.ratio(at(0, 15, 30, 45), at(5, 20, 20, 27.5), at(100, 100, 115, 122.5))
    assert same(found.values, [NAN, 1, 0, 0.5])
    assert found.times.tolist() == [0, 15, 30, 45]


def test_what_was_seen_twice_is_one_sample() -> None:
    # A grid of 7.5 s over scrapes of 15 s.
    times = at(0, 7.5, 15, 22.5, 30)
    found = differences.ratio(times, at(0, 0, 6, 6, 9), at(0, 0, 9, 9, 21))
    assert found.times.tolist() == [0, 15, 30]
    assert same(found.values, [NAN, 0.4, 0.2])


@pytest.mark.parametrize(
    ("part", "rest", "values"),
    [
        # A restart: both counters begin anew.
        ([100, 106, 3, 9], [500, 509, 4, 13], [NAN, 0.4, NAN, 0.4]),
        # One CPU of ten has gone off: what is left grows, and its sum falls.
        ([100, 106, 112, 118], [500, 509, 9, 18], [NAN, 0.4, NAN, 0.4]),
    ],
)
def test_what_fell_tells_nothing(part: list[float], rest: list[float], values: list[float]) -> None:
    found = differences.ratio(at(0, 15, 30, 45), at(*part), at(*rest))
    assert same(found.values, values)


def test_old_and_new_labels_side_by_side_are_no_work() -> None:
    # For the third and fourth sample, the machine is there twice: its sums are as much again.
    part, rest = at(100, 106, 212, 224, 124, 130), at(500, 509, 1018, 1036, 536, 545)
    found = differences.ratio(15.0 * np.arange(6), part, rest)
    assert same(found.values, [NAN, 0.4, NAN, 0.4, NAN, 0.4])


def test_more_cpus_from_some_time_on_are_work() -> None:
    seconds = np.concatenate((np.full(20, 30.0), np.full(20, 60.0)))
    part, rest = np.cumsum(0.25 * seconds), np.cumsum(0.75 * seconds)
    found = differences.ratio(15.0 * np.arange(40), part, rest)
    assert same(found.values[1:], [0.25] * 39)


def test_a_span_with_lost_samples_tells_nothing() -> None:
    times = at(*range(0, 150, 15), *range(6750, 6900, 15))
    found = differences.rate(times, 2.0 * times)
    assert same(found.values, [NAN, *[2.0] * 9, NAN, *[2.0] * 9])


def test_a_scrape_interval_that_was_changed_loses_nothing() -> None:
    times = at(*range(0, 300, 15), *range(300, 2400, 60))
    found = differences.gauge(times, np.ones(len(times)))
    assert np.isnan(found.values).sum() == 1


def test_a_counter_of_bytes_that_fell_has_no_rate() -> None:
    found = differences.rate(at(0, 10, 20, 30), at(500, 600, 50, 150))
    assert same(found.values, [NAN, 10, NAN, 10])


def test_a_share_is_of_what_grew() -> None:
    found = differences.share(at(0, 10, 20, 30), at(0, 5, 5, 5), at(0, 20, 20, 30))
    assert same(found.values, [NAN, 0.25, NAN, 0])


@pytest.mark.parametrize("count", [0, 1])
def test_of_one_sample_nothing_is_known(count: int) -> None:
    few = np.zeros(count)
    for found in (
        differences.ratio(few, few, few),
        differences.rate(few, few),
        differences.gauge(few, few),
    ):
        assert len(found.times) == count
        assert np.isnan(found.values).all()


def test_the_usual_distance_is_not_moved_by_a_gap() -> None:
    seconds = np.array([15.0] * 20 + [6600.0] + [15.0] * 9 + [60.0] * 20)
    usual = differences.usual(seconds)
    assert usual[20] == 15
    assert set(usual[seconds == 60]) == {60.0}


@given(st.lists(st.floats(0, 1), min_size=30, max_size=80))
def test_a_ratio_is_what_was_put_in(busy: list[float]) -> None:
    shares = np.array(busy)
    part, rest = np.cumsum(60 * shares), np.cumsum(60 * (1 - shares))
    found = differences.ratio(15.0 * np.arange(len(busy)), part, rest)
    assert found.values[1:] == pytest.approx(shares[1:], abs=1e-6)


@pytest.mark.parametrize("count", [11, 12, 100, 5760])
def test_what_is_usual_is_the_greater_median_of_five_on_each_side(count: int) -> None:
    numbers = np.random.default_rng(count).integers(1, 9, count).astype(np.float64)
    usual = differences.usual(numbers)
    for place in range(5, count - 5):
        before, behind = numbers[place - 5 : place], numbers[place + 1 : place + 6]
        assert usual[place] == max(np.median(before), np.median(behind))
