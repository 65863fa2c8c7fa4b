"""A gauge by its changes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfanalysis.promql import Series
from reporter.asking.change_reading import only_changes

NO = None


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], []),
        ([(0, 1.0)], [(0, 1.0)]),
        ([(0, 1.0), (10, 1.0), (20, 1.0)], [(0, 1.0), (20, 1.0)]),
        ([(0, 1.0), (10, 2.0), (20, 2.0), (30, 2.0)], [(0, 1.0), (10, 2.0), (30, 2.0)]),
        # Finer points where something changed.
        (
            [(0, 1.0), (10, 1.0), (13, 2.0), (16, 1.0), (20, 1.0)],
            [(0, 1.0), (13, 2.0), (16, 1.0), (20, 1.0)],
        ),
        # The same value behind a gap begins anew.
        (
            [(0, 1.0), (10, 1.0), (50, 1.0), (60, 1.0)],
            [(0, 1.0), (11, NO), (50, 1.0), (60, 1.0)],
        ),
        ([(0, 1.0), (40, 2.0)], [(0, 1.0), (1, NO), (40, 2.0)]),
    ],
)
def test_what_is_kept_of_points(
    points: list[tuple[float, float]], expected: list[tuple[float, float | None]]
) -> None:
    times, values = (np.array([pair[at] for pair in points], dtype=float) for at in (0, 1))
    found = only_changes(Series({"instance": "a"}, times, values), 10.0)
    told = [(t, NO if math.isnan(v) else v) for t, v in zip(found.times, found.values, strict=True)]
    assert told == expected
