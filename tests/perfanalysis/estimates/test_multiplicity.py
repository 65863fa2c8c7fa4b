from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.estimates.multiplicity import behind, holm


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([], []),
        ([0.02], [0.02]),
        # R's p.adjust(c(0.01, 0.02, 0.03, 0.005), "holm").
        ([0.01, 0.02, 0.03, 0.005], [0.03, 0.04, 0.04, 0.02]),
        ([0.5, 0.9], [1.0, 1.0]),
    ],
)
def test_holm(p_values: list[float], adjusted: list[float]) -> None:
    assert holm(p_values) == pytest.approx(adjusted)


def test_no_other_figure_is_told_before_all_primary_ones() -> None:
    assert behind([0.01], [0.001, 0.02]) == pytest.approx([0.01, 0.02])
    assert behind([0.01, 0.3], [0.001, 0.02]) == pytest.approx([0.3, 0.3])


@given(st.lists(st.floats(0, 1), max_size=20))
def test_adjusted_values_are_no_smaller_and_keep_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert [adjusted[i] for i in order] == sorted(adjusted)
