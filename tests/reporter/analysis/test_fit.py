"""Which curves can be read, which machine is the smallest that fits, and how many are needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reporter.analysis.fit import WorkloadFit, predict, readable, smallest
from reporter.asking.machines import LoadTest
from tests.reporter.made import machine, spans


def with_curve(reached: list[float], units: list[float], *, valid: bool = True) -> LoadTest:
    """A test whose levels were asked for at 50 and 100 %."""
    test = machine("a", 1000.0, 0.1).test
    assert test
    curve = replace(test.curve, reached=np.array(reached), units=np.array(units))
    return replace(test, curve=curve, valid=valid)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (with_curve([0.5, 1.0], [500.0, 1000.0]), True),
        # What was reached is unknown: it is taken for what was asked.
        (with_curve([np.nan, np.nan], [500.0, 1000.0]), True),
        (with_curve([0.5, 1.0], [np.nan, np.nan]), False),
        # It did not rise.
        (with_curve([1.0, 1.0], [500.0, 1000.0]), False),
        (with_curve([1.0, 1.0], [500.0, np.nan]), True),
        # Disturbed: by up to 5 points off what was asked.
        (with_curve([0.54, 1.0], [500.0, 1000.0], valid=False), True),
        (with_curve([0.56, 1.0], [500.0, 1000.0], valid=False), False),
        (with_curve([0.44, 1.0], [500.0, 1000.0], valid=False), False),
        (with_curve([0.56, 1.0], [500.0, 1000.0]), True),
    ],
)
def test_which_curves_tell_work_from_use(test: LoadTest, expected: bool) -> None:
    assert readable(test) is expected


def fit(name: str, p99: float, month: float | None, memory: float | None = None) -> WorkloadFit:
    return WorkloadFit(machine(name, 1000.0, 0.1), p99, p99, p99, memory, 1, month, None, None)


@pytest.mark.parametrize(
    ("fits", "name"),
    [
        # The cheapest that fits, and not the one that is cheaper and does not.
        ([fit("a", 0.3, 50.0), fit("b", 0.9, 20.0), fit("c", 0.91, 5.0)], "b"),
        ([fit("a", 0.3, 20.0), fit("b", 0.5, 20.0)], "a"),
        ([fit("b", 0.3, 20.0), fit("a", 0.5, 20.0)], "a"),
        ([fit("a", 0.3, None), fit("b", 0.5, 20.0)], "b"),
        ([fit("a", 0.3, None), fit("b", 0.5, None), fit("c", 1.5, None)], "b"),
        ([fit("a", 0.3, 9.0, memory=0.91), fit("b", 0.3, 10.0, memory=0.9)], "b"),
        ([fit("a", 0.91, 9.0)], None),
        ([], None),
    ],
)
def test_the_smallest_that_fits(fits: list[WorkloadFit], name: str | None) -> None:
    found = smallest(fits)
    assert (found.machine.name if found else None) == name


def test_so_many_are_needed_at_the_99th_percentile() -> None:
    # One look of 200 at full use is above the 99th percentile, three are not.
    observed, small = machine("observed", 1000.0, 0.1), machine("small", 500.0, 0.1)
    for peaks, count in ((1, 1), (3, 3)):
        busy = np.full(200, 0.4)
        busy[:peaks] = 1.0
        (found,) = predict([small], observed, spans(busy))
        assert found.count == count


@pytest.mark.parametrize("missing", ["lower", "upper"])
def test_an_interval_with_one_bound_is_none(missing: str) -> None:
    observed = machine("observed", 1000.0, 0.1)
    assert observed.test
    curve = replace(observed.test.curve, **{missing: np.full(2, np.nan)})
    half = replace(observed, test=replace(observed.test, curve=curve))
    (found,) = predict([half], observed, spans(np.full(100, 0.5)))
    assert found.own_units is None
