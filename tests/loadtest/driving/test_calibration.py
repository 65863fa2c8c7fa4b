from __future__ import annotations

import pytest

from cffi_burn.worker import WorkerSlice
from loadtest.driving.calibration import rate, unit_seconds


def worker_slice(duration: float, cpu_time: float, units: float) -> WorkerSlice:
    return WorkerSlice(0.0, duration, duration, cpu_time, units, 0, 0)


QUIET = worker_slice(0.05, 0.05, 20.0)
HELD_UP = worker_slice(0.05, 0.0, 0.0)
MISSED = worker_slice(0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("slices", "expected"),
    [
        ([QUIET, QUIET, HELD_UP], 400.0),
        ([QUIET, MISSED, MISSED], 400.0),
        ([QUIET, HELD_UP, HELD_UP, HELD_UP], 100.0),
        ([HELD_UP, HELD_UP], 0.0),
        ([MISSED], 0.0),
        ([], 0.0),
    ],
)
def test_the_rate_of_a_worker_that_others_hold_up(
    slices: list[WorkerSlice], expected: float
) -> None:
    assert rate(slices) == pytest.approx(expected)


def test_what_a_unit_takes_is_cpu_time() -> None:
    assert unit_seconds([QUIET, worker_slice(0.5, 0.05, 20.0)]) == pytest.approx(0.0025)
    assert unit_seconds([HELD_UP]) == 0.0
