from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.statistics import is_bounded, median, ratio_of_medians
from perfanalysis.estimates.statistics import Estimate

positive = st.floats(min_value=1e-9, max_value=1e9)


@pytest.mark.parametrize(
    ("samples", "value"), [([3.0], 3.0), ([1.0, 9.0], 5.0), ([9.0, 1.0, 2.0], 2.0)]
)
def test_median(samples: list[float], value: float) -> None:
    assert median(samples).value == value


def test_one_sample_has_no_interval() -> None:
    assert not is_bounded(median([4.0]))
    assert median([4.0]) == Estimate(4.0, -math.inf, math.inf)
    assert ratio_of_medians([1.0], [2.0]) == Estimate(0.5, -math.inf, math.inf)


def test_a_round_that_disturbs_both_sides_alike_does_not_widen_the_ratio() -> None:
    peer = [1.0, 1.0, 8.0, 2.0, 30.0]
    estimate = ratio_of_medians([value / 8 for value in peer], peer)
    assert (estimate.value, estimate.lower, estimate.upper) == (0.125, 0.125, 0.125)


def test_the_interval_of_a_known_median_holds_it() -> None:
    samples = [10.0 + (i * 7 % 20) / 10 for i in range(20)]
    estimate = median(samples)
    assert is_bounded(estimate)
    assert estimate.lower < estimate.value < estimate.upper
    assert min(samples) <= estimate.lower
    assert estimate.upper <= max(samples)


@given(st.lists(st.tuples(positive, positive), min_size=2, max_size=20))
def test_swapping_the_sides_inverts_the_ratio(pairs: list[tuple[float, float]]) -> None:
    ours = [pair[0] for pair in pairs]
    peer = [pair[1] for pair in pairs]
    there, back = ratio_of_medians(ours, peer), ratio_of_medians(peer, ours)
    assert there.value == pytest.approx(1 / back.value)
    assert is_bounded(there)
    assert there.lower <= there.value * (1 + 1e-9)
    assert there.value <= there.upper * (1 + 1e-9)


@pytest.mark.parametrize(
    ("ours", "peer"), [([], []), ([1.0], []), ([1.0, 2.0], [1.0]), ([1.0], [0.0])]
)
def test_no_ratio(ours: list[float], peer: list[float]) -> None:
    with pytest.raises(ValueError, match=r"sample|same shape|median is 0"):
        ratio_of_medians(ours, peer)
