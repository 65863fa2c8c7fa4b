"""A column of a heat map is empty where nothing is known, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.charts.columns import columns, edges_of, width_of_column

NAN = float("nan")


@pytest.mark.parametrize(
    ("span", "step", "most", "width"),
    [
        (3600, 60, 480, 60),
        (3600, 60, 60, 60),
        (3600, 60, 59, 120),
        (3600, 60, 20, 180),
        (10, 60, 480, 60),
        (86_400, 15, 480, 180),
    ],
)
def test_a_column_is_a_whole_number_of_steps(
    span: float, step: float, most: int, width: float
) -> None:
    assert width_of_column(0, span, step, most) == width


@pytest.mark.parametrize(
    ("times", "values", "width", "expected"),
    [
        # A value is of the step before it; that at 0 is of the time before the range.
        ([0, 60, 120, 180], [9, 1, 2, 3], 60, [1, 2, 3]),
        ([0, 60, 120, 180, 240], [9, 1, 2, 3, 4], 120, [1.5, 3.5]),
        # One sample is missing, two are unknown.
        ([60, 180, 240], [1, 3, 4], 60, [1, NAN, 3, 4]),
        ([60, 120, 180, 240], [1, NAN, NAN, 4], 60, [1, NAN, NAN, 4]),
        ([60, 180, 240], [1, 3, 4], 120, [1, 3.5]),
        # Half a step later than the columns.
        ([30, 90, 150, 210, 240], [1, 2, 3, 4, 5], 60, [1.5, 2.5, 3.5, 4.5]),
        ([], [], 60, [NAN, NAN, NAN]),
    ],
)
def test_columns(
    times: list[float], values: list[float], width: float, expected: list[float]
) -> None:
    end = width * len(expected)
    edges = edges_of(0, end, width)
    found = columns(np.array(times, float), np.array(values, float), edges, 60)
    np.testing.assert_allclose(found, expected)


@given(
    st.floats(0.3, 700.0),
    st.integers(2, 1500),
    st.floats(0, 0.99),
    st.integers(1, 500),
    st.floats(0, 2e9),
)
def test_there_is_no_gap_in_what_has_none(
    step: float, count: int, askew: float, most: int, start: float
) -> None:
    end = start + step * count
    times = start + step * (np.arange(-1, count + 2) + askew)
    width = width_of_column(start, end, step, most)
    found = columns(times, np.full(len(times), 0.5), edges_of(start, end, width), step)
    assert len(found) <= most + 1
    np.testing.assert_allclose(found, 0.5, atol=1e-5)
