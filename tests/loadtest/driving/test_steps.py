from __future__ import annotations

import pytest

from cffi_burn.worker import WorkerSlice
from loadtest.driving.crew import mixed
from loadtest.driving.settings import Settings
from loadtest.driving.steps import MachineSlice, Order, attended, combine, plan


def worker_slice(start: float, duration: float, units: float) -> WorkerSlice:
    return WorkerSlice(start, duration, duration, duration, units, 0, 0)


def test_rates_of_the_same_slice_add_up() -> None:
    first = [worker_slice(0.0, 0.5, 10.0), worker_slice(0.5, 0.5, 20.0)]
    second = [worker_slice(0.0, 0.25, 10.0), worker_slice(0.25, 0.5, 5.0)]
    assert combine([first, second]) == (
        MachineSlice(
            start=0.0,
            duration=0.375,
            units=20.0,
            units_per_second=60.0,
            undisturbed_units_per_second=60.0,
            busy_ratio=1.0,
        ),
        MachineSlice(
            start=0.25,
            duration=0.5,
            units=25.0,
            units_per_second=50.0,
            undisturbed_units_per_second=50.0,
            busy_ratio=1.0,
        ),
    )


def test_the_time_that_others_took_is_taken_off() -> None:
    # 0.2 s of the half second's quanta went to another task.
    disturbed = WorkerSlice(0.0, 0.5, 0.5, 0.3, 30.0, 4, 0)
    (found,) = combine([[disturbed], [worker_slice(0.0, 0.5, 50.0)]])
    assert found.units_per_second == pytest.approx(160.0)
    assert found.undisturbed_units_per_second == pytest.approx(200.0)


@pytest.mark.parametrize("workers", [[], [[]], [[worker_slice(0, 1, 1)], []]])
def test_only_slices_that_all_workers_completed_count(workers: list[list[WorkerSlice]]) -> None:
    assert combine(workers) == ()


def test_slices_that_a_worker_missed_are_left_out() -> None:
    whole = [worker_slice(0.0, 0.5, 5.0), worker_slice(0.5, 0.5, 5.0), worker_slice(1.0, 0.5, 5.0)]
    # Held up for longer than a slice: the first one ends late, and the second one is over then.
    held = [worker_slice(0.0, 1.1, 5.0), worker_slice(1.1, 0.0, 0.0), worker_slice(1.1, 0.4, 4.0)]
    assert attended([whole, held]) == [[whole[0], whole[2]], [held[0], held[2]]]
    assert attended([held[1:2], whole[1:2]]) == [[], []]


def test_the_places_of_the_quanta_differ_between_rounds_levels_and_workers() -> None:
    def seed(busy: int, number: int, worker: int) -> int:
        order = Order(busy, 0.13, number=number)
        return mixed(plan(Settings(seed=2**32), order, [busy / 100], 0.0).seed, worker)

    seeds = {seed(b, n, w) for b in (10, 50, 90) for n in range(20) for w in range(4)}
    assert len(seeds) == 240
    assert all(0 < one < 2**64 for one in seeds)
    assert seed(10, 1, 0) in seeds


@pytest.mark.parametrize("busy", range(10, 101, 10))
def test_a_short_round_has_slices_of_whole_cycles(busy: int) -> None:
    pace = plan(Settings(), Order(busy, 0.9 / 7), [busy / 100] * 2, 0.0)
    # The lengths hang on this kernel's timer tick.
    assert pace.slices >= 3
    assert 0.1 < pace.slices * pace.slice_seconds < 0.2
    cycles = pace.slice_seconds / pace.cycle
    assert cycles == pytest.approx(round(cycles))
