"""Busy levels of a run that a quota limits: shares of the quota, and all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.steps import MachineSlice
from loadtest.levels import Level
from tests.loadtest.test_levels import ROUND, reasons_of

# One worker of half a CPU for a second: stopped half of the time, with 51 of 50 hundredths.
LIMITED = replace(
    ROUND,
    slices=tuple(
        MachineSlice(i * 0.1, 0.1, 50.0, 500.0 + 4 * (i % 2), 500.0 + 4 * (i % 2), (), own)
        for i, own in enumerate([1.04, 0.96] * 5)
    ),
    cpu=CpuTime(51, 0, 100),
    own_seconds=0.505,
    pressure=0.5,
    quota_share=0.5,
)


def test_full_load_of_a_quota_is_the_work_of_each_second() -> None:
    level = Level(100, (LIMITED,))
    assert level.rates[:2] == [500.0, 504.0]
    assert level.own_busy_ratio == pytest.approx(1.0)
    # Its share of the quota; a tick more is none.
    assert level.reached_ratio == 1.0
    # The threads that a quota stops wait for a CPU, as the kernel counts it.
    assert reasons_of(level, 1) == []


def test_less_of_a_quota_is_judged_by_shares_of_it() -> None:
    slices = tuple(replace(e, busy_ratio=0.5) for e in LIMITED.slices)
    half = replace(LIMITED, slices=slices, cpu=CpuTime(25, 0, 100), own_seconds=0.25)
    level = Level(50, (half,))
    assert level.reached_ratio == pytest.approx(0.5)
    assert level.rates[:2] == [500.0, 504.0]
    assert reasons_of(level, 1) == []
    own = tuple(replace(e, busy_ratio=0.4) for e in LIMITED.slices)
    level = Level(50, (replace(half, slices=own),))
    assert level.rates[:2] == pytest.approx([625.0, 630.0])
    assert reasons_of(level, 1) == [
        "busy level: 50 % of the quota was asked, the workers' own were 40.0%"
    ]


def test_a_quota_that_others_used_up_is_told() -> None:
    slices = tuple(replace(e, busy_ratio=0.9) for e in LIMITED.slices)
    level = Level(100, (replace(LIMITED, slices=slices),))
    assert level.missed
    assert reasons_of(level, 1) == [
        "busy level: 100 % of the quota was asked, the workers' own were 90.0%"
    ]
