from __future__ import annotations

import pytest

from cffi_burn.worker import WorkerSlice
from loadtest.driving.quota import Quota
from loadtest.driving.settings import SINGLE, Settings, Target
from loadtest.driving.steps import Order, judge, plan


@pytest.mark.parametrize(
    ("cpus", "workers", "share"),
    [
        (0.5, 1, 0.5),
        (1.5, 2, 0.75),
        (1.5, 1, None),
        # What watches two workers counts as well: they come to the end of a quota of two.
        (2.0, 2, 1.0),
        (2.0, 1, None),
        (3.0, 2, None),
    ],
)
def test_a_quota_limits_the_workers_that_could_use_it_up(
    cpus: float, workers: int, share: float | None
) -> None:
    assert Quota(cpus, 0.1).share(workers) == share
    assert (Settings(quota=Quota(cpus, 0.1)).limiting(workers) is None) == (share is None)
    assert Settings().limiting(workers) is None


@pytest.mark.parametrize(
    ("period", "length", "slices"),
    [(0.1, 0.1, 3), (0.05, 0.05, 7), (0.01, 0.05, 7), (0.02, 0.06, 5), (1.0, 1.0, 3)],
)
def test_slices_at_full_load_are_whole_periods(period: float, length: float, slices: int) -> None:
    quota = Quota(0.5, period)
    assert quota.slice_seconds == pytest.approx(length)
    pace = plan(Settings(quota=quota), Order(100, 2.5 / 7), [1.0], 0.0)
    assert (pace.slice_seconds, pace.cycle) == (pytest.approx(length), pytest.approx(length))
    assert pace.slices == slices


def test_rounds_at_full_load_are_long_enough_for_what_is_not_counted() -> None:
    settings = Settings(quota=Quota(0.5, 0.1))
    assert settings.one_round_seconds(SINGLE) == pytest.approx(0.3)
    assert settings.one_round_seconds(Target(100)) == pytest.approx(2.5 / 7)
    assert settings.one_round_seconds(Target(50)) == pytest.approx(0.9 / 7)
    # One worker alone is not limited by 1.5 CPUs.
    settings = Settings(quota=Quota(1.5, 0.1))
    assert settings.one_round_seconds(SINGLE) == pytest.approx(0.9 / 7)


def stopped(start: float, cpu_time: float, units: float, cpu: int = 0) -> WorkerSlice:
    """A slice of a period in which the worker was stopped when the quota was used up."""
    return WorkerSlice(start, 0.1, 0.1, cpu_time, units, 1, cpu)


def test_what_a_quota_stopped_is_neither_work_nor_anybodys_load() -> None:
    # Half a CPU, of which the timer's tick gives 52 and 48 ms; 1000 units a second of CPU time.
    worker = [stopped(i * 0.1, 0.05 + 0.002 * (-1) ** i, 50 + 2 * (-1) ** i) for i in range(4)]
    found = judge([worker], [0], (), 0.1, quota_share=0.5)
    assert [entry.units_per_second for entry in found] == pytest.approx([520, 480, 520, 480])
    assert [entry.undisturbed_units_per_second for entry in found] == [
        entry.units_per_second for entry in found
    ]
    assert [entry.busy_ratio for entry in found] == pytest.approx([1.04, 0.96, 1.04, 0.96])
    assert not any(entry.excluded for entry in found)
    # Where no quota is known, others took it, and the worker would have done twice as much.
    unknown = judge([worker], [0], (), 0.1)
    assert unknown[1].undisturbed_units_per_second == pytest.approx(1000)
    assert unknown[0].excluded == ("other load",)


def test_two_workers_share_a_quota() -> None:
    workers = [[stopped(0.0, 0.08, 80)], [stopped(0.0, 0.07, 70, cpu=1)]]
    (found,) = judge(workers, [0, 1], (), 0.1, quota_share=0.75)
    assert found.units_per_second == pytest.approx(1500)
    assert found.busy_ratio == pytest.approx(1.0)
