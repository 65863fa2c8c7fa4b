from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cffi_burn.worker import WorkerSlice
from loadtest.driving.observation import Observation, Observer, parse_pressure, parse_throttled
from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.spoiling import of_machine, of_workers, overlapping, warm_up_length

SLICE = WorkerSlice(0.0, 0.05, 0.05, 0.0499, 60.0, 0, 1)
LOW = replace(SLICE, busy=0.005, cpu_time=0.005)
QUIET = Observation(0.0, CpuTime(0, 0, 0), 0.0, 3, 7, 1.0)
LATER = Observation(0.1, CpuTime(20, 0, 20), 0.1, 3, 7, 1.01)


@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        (SLICE, set()),
        (replace(SLICE, cpu_time=0.047), {"other load"}),
        (replace(SLICE, cpu=0), {"migration"}),
        (replace(SLICE, duration=0.054, busy=0.01, cpu_time=0.01), {"late"}),
        (replace(SLICE, duration=0.046, busy=0.046, cpu_time=0.046), {"late"}),
        # Of a round's first slice: by so much others were let run before it, or not.
        (replace(SLICE, duration=0.03, busy=0.03, cpu_time=0.03, waited=0.02), set()),
        (replace(SLICE, duration=0.03, busy=0.03, cpu_time=0.03, waited=0.01), {"late"}),
        # Beside its quanta the thread uses some CPU time for going to sleep.
        (replace(SLICE, busy=0.010, cpu_time=0.0102), set()),
        # A tenth of the work, where the work is a tenth of the slice.
        (replace(LOW, cpu_time=0.0046), set()),
        (replace(LOW, cpu_time=0.0044), {"other load"}),
    ],
)
def test_what_a_worker_says(entry: WorkerSlice, reasons: set[str]) -> None:
    assert of_workers([entry], [1], slice_seconds=0.05) == reasons


@pytest.mark.parametrize(
    ("others", "reasons"),
    [(0, {"other load", "late"}), (2, {"other load"}), (3, set()), (63, set())],
)
def test_what_one_worker_lost_is_weighed_over_all(others: int, reasons: set[str]) -> None:
    # Held up for 7 ms, 6 of them over the slice's end.
    held_up = replace(SLICE, duration=0.056, busy=0.056, cpu_time=0.049)
    entries = [held_up] + [SLICE] * others
    assert of_workers(entries, [1] * len(entries), slice_seconds=0.05) == reasons


@pytest.mark.parametrize(
    ("after", "reasons"),
    [
        (LATER, set()),
        (replace(LATER, cpu=CpuTime(18, 2, 20)), {"steal"}),
        (replace(LATER, cpu=CpuTime(19, 1, 20)), set()),
        (replace(LATER, throttled=4), {"throttling"}),
        (replace(LATER, thermal=9), {"throttling"}),
        (replace(LATER, throttled=None, thermal=None), set()),
    ],
)
def test_what_the_machine_says(after: Observation, reasons: set[str]) -> None:
    assert of_machine(QUIET, after) == reasons


def test_only_the_slices_of_that_time_are_spoiled() -> None:
    stolen = replace(LATER, time=0.2, cpu=CpuTime(30, 10, 40))
    series = [QUIET, LATER, stolen]
    assert overlapping(0.0, 0.09, series) == set()
    assert overlapping(0.09, 0.12, series) == {"steal"}


@pytest.mark.parametrize(
    ("rates", "length"),
    [
        ([100.0] * 12, 0),
        ([60.0, 80.0] + [100.0] * 10, 2),
        ([100.0] * 10 + [60.0, 60.0], 0),
        # Half a round at another speed is the machine's own change.
        ([80.0] * 6 + [100.0] * 6, 0),
        ([60.0, 100.0, 100.0], 0),
    ],
)
def test_warm_up(rates: list[float], length: int) -> None:
    assert warm_up_length(rates, rates[len(rates) // 2 :]) == length


def test_the_warm_up_of_short_rounds_is_seen_beside_the_others() -> None:
    assert warm_up_length([60.0, 100.0, 100.0], [100.0, 100.0] * 7) == 1
    assert warm_up_length([100.5, 100.0, 100.0], [100.0, 100.0] * 7) == 0
    # Two of three slices at another speed are the machine's own change.
    assert warm_up_length([60.0, 60.0, 100.0], [100.0, 100.0] * 7) == 0


def test_what_is_within_three_deviations_is_no_warm_up() -> None:
    # The distances from 100 are 2 in the middle: three deviations are 8.9.
    settled = [98.0, 102.0, 98.0, 102.0, 100.0, 97.0, 103.0]
    assert warm_up_length([91.2, 100.0, 100.0], settled) == 0
    assert warm_up_length([91.0, 100.0, 100.0], settled) == 1


@given(
    st.lists(st.floats(0, 1e6), max_size=60), st.lists(st.floats(0, 1e6), min_size=3, max_size=60)
)
def test_warm_up_is_at_most_a_quarter_or_one(rates: list[float], settled: list[float]) -> None:
    assert 0 <= warm_up_length(rates, settled) <= max(1, len(rates) / 4)
    assert len(rates) >= 3 or warm_up_length(rates, settled) == 0


def test_counters_of_files() -> None:
    assert parse_throttled("nr_periods 10\nnr_throttled 4\nthrottled_usec 3\n") == 4
    assert parse_throttled("usage_usec 10\n") is None
    assert parse_pressure("some avg10=0.0 avg60=0.0 avg300=0.0 total=2500000\nfull x\n") == 2.5
    with pytest.raises(ValueError, match="no line 'some'"):
        parse_pressure("")


def test_this_machine_can_be_observed() -> None:
    observer = Observer([0])
    first, second = observer.read(), observer.read()
    assert second.time > first.time
    assert second.cpu.total >= first.cpu.total - 1
