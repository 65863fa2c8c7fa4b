from __future__ import annotations

import statistics as stdlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.estimates.statistics import (
    Estimate,
    effective_count,
    estimate,
    interval_position,
    interval_ranks,
    rank_correlation,
)


@pytest.mark.parametrize(
    ("count", "ranks"),
    [
        # The usual table of the sign test at 95 %, ranks counted from 0.
        (0, None),
        (1, None),
        (5, None),
        (6, (0, 5)),
        (8, (0, 7)),
        (9, (1, 7)),
        (10, (1, 8)),
        (15, (3, 11)),
        (20, (5, 14)),
        (25, (7, 17)),
        (100, (39, 60)),
    ],
)
def test_ranks_are_those_of_the_sign_test(count: int, ranks: tuple[int, int] | None) -> None:
    assert interval_ranks(count) == ranks


@pytest.mark.parametrize(
    ("count", "position"),
    [
        (5, None),
        # 96.9 % and 78.1 % at the ranks 0 and 1.
        (6, 0.36),
        # 95.9 % and 88.5 % at the ranks 5 and 6.
        (20, 5.23),
    ],
)
def test_between_ranks_the_interval_has_95_percent(count: int, position: float | None) -> None:
    assert interval_position(count) == pytest.approx(position, abs=0.01)


def test_ranks_of_many_values_are_exact_too() -> None:
    lower, upper = interval_ranks(5000) or (0, 0)
    # 2500 -+ 1.96 * sqrt(5000) / 2
    assert lower + upper == 4999
    assert lower == pytest.approx(2500 - 69.3, abs=1.5)


@pytest.mark.parametrize(
    ("values", "correlation"),
    [
        # Ranks -1.5, -0.5, 0.5, 1.5: their squares are 5, neighbours' products 1.25.
        ([1.0, 2.0, 3.0, 4.0], 0.25),
        ([1.0, 2.0, 3.0, 400.0], 0.25),
        ([4.0, 3.0, 2.0, 1.0], 0.25),
        # 1.5 and -0.5 stand in each other's place: -0.75, -0.25, -0.75.
        ([1.0, 3.0, 2.0, 4.0], -0.35),
        ([1.0, 3.0, 2.0], -0.5),
        ([5.0, 5.0, 5.0, 5.0], 0.0),
        ([1.0, 2.0], 0.0),
        ([], 0.0),
    ],
)
def test_ranks_of_neighbours_correlate(values: list[float], correlation: float) -> None:
    assert rank_correlation(values) == pytest.approx(correlation)


def test_values_that_hang_together_count_for_fewer() -> None:
    # Of 20 in ascending order the ranks' correlation is 0.85, corrected 0.9 / 0.85, cut to 0.99.
    assert effective_count(range(20)) == pytest.approx(20 * 0.01 / 1.99)
    # Two runs up: the correlation 0.6 becomes 0.65 / 0.85.
    values = [*range(0, 20, 2), *range(1, 20, 2)]
    corrected = (rank_correlation(values) + 0.05) / 0.85
    assert 0.5 < corrected < 0.99
    assert effective_count(values) == pytest.approx(20 * (1 - corrected) / (1 + corrected))
    # Turn and turn about is no reason to believe more, and five say nothing of it.
    assert effective_count([1.0, 2.0] * 10) == 20
    assert effective_count([1.0, 2.0, 3.0, 4.0, 5.0]) == 5


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 2.0, 3.0, 4.0, 5.0], None),
        ([6.0, 1.0, 5.0, 2.0, 4.0, 3.0], Estimate(3.5, 1.36, 5.64)),
        ([1.0] * 9, Estimate(1.0, 1.0, 1.0)),
        ([1, 8, 2, 1000, 3, 7, 4, 6, 5], Estimate(5, 2.23, 7.77)),
    ],
)
def test_the_median_and_its_bounds(values: list[float], expected: Estimate | None) -> None:
    found = estimate(values)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert vars(found) == pytest.approx(vars(expected), abs=0.005)


def test_the_width_is_the_larger_side() -> None:
    assert Estimate(100.0, 98.0, 101.0).relative_half_width == pytest.approx(0.02)
    assert Estimate(0.0, 0.0, 1.0).relative_half_width == float("inf")


@given(st.lists(st.floats(0, 1e9), min_size=6, max_size=200))
def test_the_estimate_lies_within_its_interval_and_the_values(values: list[float]) -> None:
    found = estimate(values)
    assert found is not None
    assert min(values) <= found.lower <= found.value <= found.upper <= max(values)
    assert found.value == stdlib.median(values)


@given(st.lists(st.integers(1, 10**6), min_size=6, max_size=60), st.floats(0.5, 2.0))
def test_the_estimate_scales_with_its_unit(values: list[int], factor: float) -> None:
    # Whole numbers, as two values that differ in their last bit become one, and ranks change then.
    first, second = estimate(values), estimate([value * factor for value in values])
    assert first is not None
    assert second is not None
    assert second.lower == pytest.approx(first.lower * factor)
    assert second.value == pytest.approx(first.value * factor)
    assert second.upper == pytest.approx(first.upper * factor)
