"""Work by busy level, forwards and backwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workload.prediction.made import curve
from workload.prediction.candidate import Candidate, WorkCurve
from workload.prediction.curve_table import table_of
from workload.prediction.curves import busy_for, is_readable, knots, work_at
from workload.prediction.knots import Knots

BENT = curve([40, 70, 100], [0.25, 0.5, 1.0])


@pytest.mark.parametrize(
    ("busy", "units"),
    [(0, 0), (0.125, 20), (0.25, 40), (0.375, 55), (0.5, 70), (0.75, 85), (1, 100), (1.5, 150)],
)
def test_between_levels_it_is_straight(busy: float, units: float) -> None:
    assert work_at(BENT, np.array([busy])) == pytest.approx(units)
    assert busy_for(BENT, np.array([units])) == pytest.approx(busy)


@pytest.mark.parametrize(
    ("top", "expected"),
    # Nearly full: the rest does as much. Far from it: nothing is known of more.
    [(0.98, 100 / 0.98), (0.9, 100 / 0.9), (0.8, 100), (0.5, 100)],
)
def test_what_full_load_does_where_it_was_not_reached(top: float, expected: float) -> None:
    found = knots(curve([50, 100], [top / 2, top]))
    assert found[0][-1] == 1
    assert found[1][-1] == pytest.approx(expected)


def test_where_work_falls_the_lower_level_counts() -> None:
    falling = curve([50, 100, 90], [0.3, 0.6, 1.0])
    assert work_at(falling, np.array([0.8])) == 100
    assert busy_for(falling, np.array([100.0])) == 0.6


@pytest.mark.parametrize(
    ("busy", "units", "readable"),
    [
        ([0.1, 0.5], [1, 2], True),
        ([0.5, 0.5], [1, 2], False),
        ([0.5, 0.4], [1, 2], False),
        ([0.0, 0.5], [1, 2], False),
        ([0.1, 0.5], [0, 2], False),
        ([np.nan, 0.5], [1, 2], True),
        ([np.nan], [1], False),
    ],
)
def test_levels_that_can_be_told_from_each_other(
    busy: list[float], units: list[float], readable: bool
) -> None:
    assert is_readable(curve(units, busy)) is readable


def test_a_curve_without_a_level_has_no_knots() -> None:
    with pytest.raises(ValueError, match="at least one known level"):
        knots(curve([np.nan], [0.5]))


@st.composite
def rising(draw: st.DrawFn) -> WorkCurve:
    steps = st.lists(st.floats(0.01, 1), min_size=1, max_size=12)
    busy = np.cumsum(draw(steps))
    units = np.cumsum(draw(st.lists(st.floats(0.01, 100), min_size=len(busy), max_size=len(busy))))
    return curve(units, busy / busy[-1])


@given(rising())
def test_the_inversion_is_exact_at_the_knots(one: WorkCurve) -> None:
    busy, units = knots(one)
    assert (work_at(one, busy) == units).all()
    assert (busy_for(one, units) == busy).all()


@given(rising(), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_there_and_back(one: WorkCurve, busy: list[float]) -> None:
    there = work_at(one, np.array(busy))
    assert busy_for(one, there) == pytest.approx(busy, abs=1e-9)


@given(rising(), st.lists(st.floats(0, 2), min_size=1, max_size=20))
def test_many_curves_at_once_say_the_same(one: WorkCurve, busy: list[float]) -> None:
    other = curve([1, 2], [0.4, 1.0])
    machines = [Candidate(str(i), 1, 1.0, {"k": (c,)}) for i, c in enumerate((one, other))]
    table = table_of(machines, ("k",))
    rows = Knots(table.busy, table.spread)
    at = np.array(busy)
    work = rows.work(at)
    assert work[0, 0] == pytest.approx(work_at(one, at))
    assert work[1, 0] == pytest.approx(work_at(other, at))
    assert rows.busy_for(work)[0, 0] == pytest.approx(busy_for(one, work[0, 0]), abs=1e-9)
    own_busy, own_units = knots(one)
    assert (rows.busy_for(own_units[None, None])[0, 0] == own_busy).all()
