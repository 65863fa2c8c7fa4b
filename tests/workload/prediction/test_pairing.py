"""Work carried from one machine to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workload.prediction.made import TENTHS, candidate, curve, straight
from workload.prediction.candidate import Candidate, WorkCurve
from workload.prediction.curve_table import table_of
from workload.prediction.curves import busy_for, work_at
from workload.prediction.pairing import Pairing

BUSY = np.array([0.0, 0.1, 0.35, 0.5, 0.99, 1.0])


def pairing(
    source: Candidate,
    candidates: Sequence[Candidate],
    mix: Mapping[str, float] | None = None,
    packed: float = 0.0,
) -> Pairing:
    kernels = sorted({kernel for one in (source, *candidates) for kernel in one.curves})
    same = np.array([one.name == source.name for one in candidates])
    return Pairing(
        table_of((source,), kernels), table_of(candidates, kernels), mix or {}, same, 0.8, packed
    )


def of_kernels(name: str, curves: Mapping[str, WorkCurve]) -> Candidate:
    return candidate(name, 1, curves={kernel: (one,) for kernel, one in curves.items()})


def test_a_machine_of_twice_the_work_is_half_as_busy() -> None:
    found = pairing(candidate("a", 100), [candidate("b", 200), candidate("c", 50)]).busy(BUSY)
    assert found.value[0] == pytest.approx(BUSY / 2)
    # Above 1 it is a multiple of the machine.
    assert found.value[1] == pytest.approx(BUSY * 2)


def test_nobody_measured_it() -> None:
    unmeasured = candidate("b", 100, curves={})
    found = pairing(candidate("a", 100), [unmeasured, candidate("c", 100)])
    assert found.measured.tolist() == [False, True]
    assert np.isnan(found.busy(BUSY).value[0]).all()
    assert np.isnan(found.machines(0.5, 0.5).upper[0])


@pytest.mark.parametrize(
    ("busy", "count"), [(0.1, 1), (0.4, 1), (0.41, 2), (0.8, 2), (0.81, 3), (1.0, 3)]
)
def test_how_many_machines_of_half_the_work_it_takes(busy: float, count: int) -> None:
    """None may be busier than 80 %."""
    assert pairing(candidate("a", 100), [candidate("b", 50)]).machines(busy, busy).value == [count]


def test_bounds_of_both_curves_are_joined_by_their_squares() -> None:
    source = of_kernels("a", {"rmw": straight(100, error=0.03)})
    other = of_kernels("b", {"rmw": straight(100, error=0.04)})
    found = pairing(source, [other]).busy(np.array([0.5]))
    assert found.upper[0] / found.value[0] == pytest.approx(1.05, rel=0.002)
    assert found.value[0] / found.lower[0] == pytest.approx(1.05, rel=0.002)


def test_machines_of_a_type_widen_the_bounds() -> None:
    """Three machines of 100, 110 and 121: s = ln 1.1, and t(2) = 4.303 of 1 + 1/3."""
    machines = tuple(straight(full) for full in (100, 110, 121))
    other = candidate("b", 1, curves={"rmw": machines})
    found = pairing(candidate("a", 110), [other]).busy(np.array([0.3]))
    assert found.value[0] == pytest.approx(0.3)
    half = 4.303 * np.log(1.1) * np.sqrt(4 / 3)
    assert found.upper[0] == pytest.approx(0.3 * np.exp(half), rel=1e-3)


def test_a_mix_weighs_kernels_by_the_time_of_the_source() -> None:
    source = of_kernels("a", {"integer": straight(100), "membw": straight(10)})
    other = of_kernels("b", {"integer": straight(200), "membw": straight(5)})
    found = pairing(source, [other], {"integer": 0.6, "membw": 0.4}).busy(np.array([0.5]))
    assert found.value[0] == pytest.approx(0.5 * (0.6 / 2 + 0.4 * 2))


def test_without_a_mix_the_bounds_are_those_of_all_kernels() -> None:
    source = of_kernels("a", {"integer": straight(100), "membw": straight(10)})
    other = of_kernels("b", {"integer": straight(200), "membw": straight(5)})
    found = pairing(source, [other]).busy(np.array([0.5]))
    assert (found.lower[0], found.value[0], found.upper[0]) == pytest.approx((0.25, 0.625, 1.0))


def test_a_kernel_that_only_one_of_both_has_says_nothing() -> None:
    source = of_kernels("a", {"integer": straight(100), "membw": straight(10)})
    other = of_kernels("b", {"integer": straight(200)})
    found = pairing(source, [other], {"integer": 0.5, "membw": 0.5})
    assert found.measured.tolist() == [False]
    assert pairing(source, [other]).busy(np.array([0.5])).upper[0] == pytest.approx(0.25)


def test_two_half_busy_siblings_are_not_one_busy_core() -> None:
    """Work on one of two threads does 60 of the 100 that both do."""
    both = curve([100 * share * (1.2 - 0.2 * share) for share in TENTHS], single=60)
    source, flat = (
        of_kernels("a", {"rmw": both}),
        of_kernels("b", {"rmw": straight(100, single=50)}),
    )
    spread = pairing(source, [flat]).busy(np.array([0.5]))
    packed = pairing(source, [flat], packed=1.0).busy(np.array([0.5]))
    assert spread.value[0] == pytest.approx(0.55)
    assert packed.value[0] == pytest.approx(0.60)
    # How work stands on CPUs within an interval is not known: the bounds have both.
    assert spread.upper[0] == pytest.approx(0.60)


def test_the_work_of_one_cpu_takes_longer_where_a_cpu_does_less() -> None:
    source = of_kernels("a", {"rmw": straight(100, single=60)})
    other = of_kernels("b", {"rmw": straight(1000, single=30)})
    unknown = of_kernels("c", {"rmw": straight(1000)})
    found = pairing(source, [source, other, unknown]).one_cpu(0.7)
    assert found[:2] == pytest.approx([0.7, 1.4])
    assert np.isnan(found[2])


@st.composite
def machines(draw: st.DrawFn) -> Candidate:
    """One to three machines by one to three kernels, with bounds and single workers or without."""
    curves = {}
    for kernel in draw(st.sets(st.sampled_from(["rmw", "integer", "membw"]), min_size=1)):
        levels = draw(st.integers(1, 10))
        rises = st.lists(st.floats(0.5, 2), min_size=levels, max_size=levels)
        error = draw(st.sampled_from([None, 0.001, 0.05]))
        single = draw(st.sampled_from([None, 0.5, 0.9]))
        every = []
        for _ in range(draw(st.integers(1, 3))):
            units = np.cumsum(draw(rises))
            busy = np.linspace(0, 1, levels + 1)[1:]
            worker = None if single is None else single * float(units[-1])
            every.append(curve(units, busy, error=error, single=worker))
        curves[kernel] = tuple(every)
    return candidate(draw(st.text("abc", min_size=4)), 1, curves=curves)


@given(machines(), st.lists(st.floats(0, 1), min_size=1))
def test_prediction_onto_itself_is_the_identity(one: Candidate, busy: list[float]) -> None:
    found = pairing(one, [one]).busy(np.array(busy))
    for row in (found.value, found.lower, found.upper):
        assert row[0] == pytest.approx(busy, abs=1e-12)


@given(machines())
def test_a_twin_is_as_busy(one: Candidate) -> None:
    """Also where it is not known to be the same: curves are read there and back."""
    twin = candidate("twin", 1, curves=one.curves)
    found = pairing(one, [twin]).busy(BUSY)
    assert found.value[0] == pytest.approx(BUSY, abs=1e-9)
    assert (found.lower[0] <= BUSY + 1e-9).all()
    assert (found.upper[0] >= BUSY - 1e-9).all()


@given(machines(), st.lists(machines(), min_size=1, max_size=4))
def test_more_load_is_never_less_anywhere(one: Candidate, others: list[Candidate]) -> None:
    busy = np.linspace(0, 1, 101)
    found = pairing(one, others).busy(busy)
    for rows in (found.value, found.lower, found.upper):
        known = rows[np.isfinite(rows).all(axis=1)]
        assert (np.diff(known, axis=1) >= -1e-9).all()
    known = np.isfinite(found.value)
    assert (found.lower[known] <= found.value[known] + 1e-9).all()
    assert (found.upper[known] >= found.value[known] - 1e-9).all()


@given(machines(), st.lists(machines(), min_size=1, max_size=4), st.floats(0.01, 1))
def test_one_machine_is_needed_just_where_one_is_enough(
    one: Candidate, others: list[Candidate], busy: float
) -> None:
    found = pairing(one, others)
    count, there = found.machines(busy, busy), found.busy(np.array([busy]))
    for needed, seen in zip(count.upper, there.upper[:, 0], strict=True):
        if np.isfinite(seen):
            assert (needed == 1) == (seen <= 0.8 + 1e-6)


@given(st.floats(0, 0.17), st.floats(0, 0.17), st.floats(0.3, 3))
def test_bends_between_the_points_cost_less_than_three_thousandths(
    here: float, there: float, size: float
) -> None:
    """Against curves followed one by one; half busy up to 55 % of the work, as with SMT."""
    source_curve = curve([share * (1 - here * share) for share in TENTHS])
    other_curve = curve([size * share * (1 - there * share) for share in TENTHS])
    source = of_kernels("a", {"rmw": source_curve})
    busy = np.linspace(0, 1, 501)
    found = pairing(source, [of_kernels("b", {"rmw": other_curve})]).busy(busy).value[0]
    exact = busy_for(other_curve, work_at(source_curve, busy))
    within = exact <= 1
    assert np.abs(found - exact)[within].max() < 0.003 * max(1.0, 1 / size)
