"""Workers that a simulated kernel stops when their group's quota is used up, with known truth."""

from __future__ import annotations

import itertools
import statistics

import pytest

from cffi_burn.worker import WorkerSlice
from loadtest.driving.quota import UNCOUNTED, Quota
from loadtest.driving.settings import Settings
from loadtest.driving.steps import MachineSlice, Order, judge, plan

# Units a second of CPU time.
RATE = 1000.0
TICK = 4


def lets_run(quota: Quota, milliseconds: int, phase: int) -> list[bool]:
    """Whether the kernel lets a worker run in each millisecond of a round.

    It looks at its tick whether the quota is used up; what was used beyond is owed. Before the
    round the worker slept, so that a whole quota waits for it.

    Args:
        quota: of one worker.
        milliseconds: of the round.
        phase: how far the present period is when the round begins, milliseconds.
    """
    period, each = round(quota.period * 1000), round(quota.cpus * quota.period * 1000)
    left, runs, stopped = each, [], False
    for now in range(phase, phase + milliseconds):
        if now % period == 0 and now > phase:
            left = min(each, left + each)
            stopped = left <= 0
        if now % TICK == 0 and left <= 0:
            stopped = True
        runs.append(not stopped)
        left -= not stopped
    return runs


def measured(quota: Quota, seconds: float, phase: int) -> tuple[MachineSlice, ...]:
    """The slices of one round at full load; a stopped worker ends its slice when it runs again."""
    pace = plan(Settings(quota=quota), Order(100, seconds), [1.0], 0.0)
    length = round(pace.slice_seconds * 1000)
    runs = lets_run(quota, pace.slices * length + round(quota.period * 1000), phase)
    ends = [0]
    for number in range(1, pace.slices + 1):
        ends.append(next(t for t in range(number * length, len(runs)) if runs[t]))
    worker = []
    for begin, end in itertools.pairwise(ends):
        wall, cpu = (end - begin) / 1000, sum(runs[begin:end]) / 1000
        worker.append(WorkerSlice(begin / 1000, wall, wall, cpu, cpu * RATE, 1, 0))
    share = quota.share(1)
    return judge([worker[UNCOUNTED:]], [0], (), pace.slice_seconds, share)


@pytest.mark.parametrize(
    "quota", [Quota(0.5, 0.1), Quota(0.25, 0.1), Quota(0.75, 0.1), Quota(0.5, 0.02)]
)
def test_the_work_of_each_second_is_that_of_the_quota(quota: Quota) -> None:
    rounds = [measured(quota, 2.5 / 7, phase) for phase in range(0, 100, 7)]
    slices = [entry for part in rounds for entry in part]
    clean = [entry for entry in slices if not entry.excluded]
    assert len(clean) >= 0.7 * len(slices)
    truth = quota.cpus * RATE
    rates = [entry.units_per_second for entry in clean]
    assert statistics.median(rates) == pytest.approx(truth, rel=0.04)
    assert statistics.fmean(rates) == pytest.approx(truth, rel=0.02)
    own = statistics.fmean(entry.busy_ratio or 0 for entry in clean)
    assert own == pytest.approx(1.0, abs=0.02)


def test_with_the_first_slice_it_would_be_more() -> None:
    quota = Quota(0.5, 0.1)
    runs = [lets_run(quota, 100, phase) for phase in range(0, 100, 7)]
    first = statistics.fmean(sum(part) / 100 for part in runs)
    assert first > 1.2 * quota.cpus
