from __future__ import annotations

import re
from dataclasses import replace

import pytest

from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.settings import PROFILES, SINGLE, Target
from loadtest.driving.steps import MachineSlice, Round
from loadtest.estimation import estimate_levels
from loadtest.levels import Level, surely_above
from loadtest.passes import first_rounds
from loadtest.spoiled_levels import others_ratio, pressure_ratio, spoiled_by
from perfanalysis.errors import PerfAnalysisError

PROFILE = PROFILES["default"]
SLICES = tuple(MachineSlice(i * 0.05, 0.05, 50.0, 1000.0 + i, 1010.0 + i) for i in range(20))
# One second on two CPUs, half busy, all of it with our workers.
ROUND = Round(SLICES, CpuTime(100, 0, 200), 1.0, 0.01, 0.0, 1.0)


def reasons_of(level: Level, cpus: int = 2) -> list[str]:
    return spoiled_by(level, estimate_levels([level]).levels[0], cpus, PROFILE)


def spoiled(count: int, reason: str) -> tuple[MachineSlice, ...]:
    return tuple(
        replace(entry, excluded=(reason,)) if i < count else entry for i, entry in enumerate(SLICES)
    )


@pytest.mark.parametrize(
    ("change", "busy", "reasons"),
    [
        ({}, 50, []),
        ({}, 60, ["busy level: 60 % was asked, 50.0% was reached"]),
        ({"cpu": CpuTime(100, 2, 200)}, 50, []),
        (
            {"cpu": CpuTime(96, 10, 200)},
            50,
            ["steal: 5.0% of the time was stolen at 50 % busy"],
        ),
        (
            {"own_seconds": 0.8},
            50,
            ["other load: other tasks took 10.0% of the CPU time at 50 % busy"],
        ),
        # Within what chance makes of 3 % in two seconds of samples.
        ({"own_seconds": 0.9}, 50, []),
        ({"pressure": 0.05}, 50, []),
        (
            {"pressure": 0.2},
            50,
            ["pressure: tasks waited for a CPU in 20.0% of the time at 50 % busy"],
        ),
        ({"slices": spoiled(10, "other load")}, 50, []),
        ({"slices": spoiled(11, "warm-up")}, 50, []),
        (
            {"slices": spoiled(11, "other load")},
            50,
            ["other load: 11 of 20 slices were spoiled at 50 % busy"],
        ),
        (
            {"slices": spoiled(16, "throttling")},
            50,
            [
                "throttling: 16 of 20 slices were spoiled at 50 % busy",
                "clean slices: only 4 of 20 at 50 % busy, so that all were used, less the time "
                "that others took",
            ],
        ),
        (
            {
                "slices": tuple(
                    replace(e, undisturbed_units_per_second=100.0 * (1 + i))
                    for i, e in enumerate(SLICES)
                )
            },
            50,
            ["interval: it reaches N from the estimate at 50 % busy, more than 15%"],
        ),
    ],
)
def test_what_spoils_a_level(change: dict[str, object], busy: int, reasons: list[str]) -> None:
    level = Level(busy, (replace(ROUND, **change),))
    found = reasons_of(level)
    assert [re.sub(r"reaches .*% from", "reaches N from", reason) for reason in found] == reasons


@pytest.mark.parametrize(
    ("value", "sampled", "samples", "sure"),
    [
        (0.02, 0.02, 10**9, False),
        (0.031, 0.031, 10**9, True),
        (0.045, 0.045, 200, False),
        (0.045, 0.045, 1000, True),
        # The others' share is what is left of all that was sampled, and so is its chance.
        (0.07, 0.17, 180, False),
        (0.07, 0.17, 180_000, True),
        # At full load nothing is left to chance.
        (0.031, 1.0, 180, True),
    ],
)
def test_what_is_sampled_must_be_surely_above_a_limit(
    value: float, sampled: float, samples: int, sure: bool
) -> None:
    assert surely_above(0.03, value, sampled, samples) is sure


def test_spoiled_slices_do_not_move_the_estimate() -> None:
    slow = tuple(
        replace(e, undisturbed_units_per_second=1.0, excluded=("steal",))
        if i % 2
        else replace(e, undisturbed_units_per_second=1000.0)
        for i, e in enumerate(SLICES)
    )
    assert (
        estimate_levels([Level(50, (replace(ROUND, slices=slow),))]).levels[0].mean.value == 1000.0
    )


def test_the_mean_is_the_work_done_and_the_median_is_not_moved_by_a_rarer_mode() -> None:
    slices = tuple(
        replace(e, undisturbed_units_per_second=820.0 if i % 10 > 6 else 1000.0)
        for i, e in enumerate(SLICES)
    )
    found = estimate_levels([Level(50, (replace(ROUND, slices=slices),) * 3)]).levels[0]
    assert found.mean.value == pytest.approx(946.0)
    assert found.median.value == 1000.0
    assert found.mean.lower < 946.0 < found.mean.upper
    assert found.median.upper == 1000.0


def test_rates_are_those_of_the_level_that_was_asked_for() -> None:
    # 9 % of the time are our own, as 1 % was background: the work of each busy second counts.
    slices = tuple(replace(e, undisturbed_units_per_second=90.0, busy_ratio=0.09) for e in SLICES)
    level = Level(10, (replace(ROUND, slices=slices, cpu=CpuTime(20, 0, 200)),))
    assert level.rates == pytest.approx([100.0] * 20)
    assert level.own_busy_ratio == pytest.approx(0.09)
    assert not level.missed
    # A slice with hardly anything of the level in it says nothing of each second.
    assert level.rate(replace(slices[0], busy_ratio=0.01)) == 90.0
    assert level.rate(replace(slices[0], busy_ratio=None)) == 90.0


@pytest.mark.parametrize(
    ("busy", "own", "counted", "said"),
    [
        (10, 0.09, 20, []),
        # A quarter of the level, though /proc/stat's 2.5 points of all time are few.
        (10, 0.075, 15, ["busy level: 10 % was asked, the workers' own were 7.5%"]),
        (10, 0.12, 24, ["busy level: 10 % was asked, the workers' own were 12.0%"]),
        # Background is no part of the level: what it takes is judged as others' load.
        (10, 0.10, 30, []),
        (90, 0.89, 178, []),
        (90, 0.86, 172, ["busy level: 90 % was asked, the workers' own were 86.0%"]),
        # The quanta were right by the clock, and the kernel knows of no such work.
        (90, 0.90, 160, ["busy level: 90 % was asked, 80.0% was reached"]),
        # Of 200 samples 12 may be 20 by chance.
        (10, 0.10, 12, []),
        # The loop makes room for up to half of the lowest levels.
        (2, 0.01, 4, []),
    ],
)
def test_low_levels_are_missed_by_shares_of_themselves(
    busy: int, own: float, counted: int, said: list[str]
) -> None:
    slices = tuple(replace(e, busy_ratio=own) for e in SLICES)
    part = replace(ROUND, slices=slices, cpu=CpuTime(counted, 0, 200), own_seconds=counted / 100)
    assert reasons_of(Level(busy, (part,))) == said


def test_the_single_worker_is_judged_like_a_level() -> None:
    part = replace(ROUND, cpu=CpuTime(60, 40, 100), own_seconds=0.6, pressure=None)
    level = Level(100, (part,), workers=1)
    assert level.target == SINGLE
    assert reasons_of(level) == [
        "steal: 40.0% of the time was stolen with one worker",
        "busy level: 100 % was asked, 60.0% was reached",
    ]
    busy = replace(part, cpu=CpuTime(100, 0, 100))
    assert others_ratio(Level(100, (busy,), workers=1), cpus=8) == pytest.approx(0.4)


def test_rounds_add_up() -> None:
    level = Level(50, (ROUND, replace(ROUND, cpu=CpuTime(60, 0, 200), pressure=0.03)))
    assert level.use.busy_ratio == pytest.approx(0.4)
    assert level.duration == 2.0
    assert len(level.slices) == 40
    assert others_ratio(level, 2) == 0.0
    assert pressure_ratio(level) == pytest.approx(0.02)
    assert pressure_ratio(Level(50, (ROUND, replace(ROUND, pressure=None)))) is None


def test_no_work_and_no_time_are_errors() -> None:
    idle = tuple(replace(entry, undisturbed_units_per_second=0.0) for entry in SLICES)
    with pytest.raises(PerfAnalysisError, match="20 slices with work in them at 50 % busy"):
        estimate_levels([Level(50, (replace(ROUND, slices=idle),))])
    with pytest.raises(PerfAnalysisError, match="counted no time during the level 50 %"):
        _ = Level(50, (replace(ROUND, cpu=CpuTime(0, 0, 0)),)).use


@pytest.mark.parametrize(("lengths", "rounds"), [([20], 1), ([4, 1, 3, 9], 3), ([0] * 9, 5)])
def test_a_level_without_enough_slices_gets_more_rounds(lengths: list[int], rounds: int) -> None:
    waiting = iter(lengths)
    level = first_rounds(Target(50), lambda: replace(ROUND, slices=SLICES[: next(waiting)]))
    assert len(level.rounds) == rounds


def test_earlier_rounds_count_for_a_level_that_lacks_slices() -> None:
    waiting = iter([1, 1, 9])
    before = [replace(ROUND, slices=SLICES[:3])] * 2
    half = Target(50)
    few = first_rounds(half, lambda: replace(ROUND, slices=SLICES[: next(waiting)]))
    assert len(few.rounds) == 3
    assert len(first_rounds(half, lambda: ROUND, before).rounds) == 3
    waiting = iter([1, 1, 9])
    more = first_rounds(
        half, lambda: replace(ROUND, slices=SLICES[: next(waiting)]), before=before[:1]
    )
    assert len(more.rounds) == 4


def test_warm_up_is_left_out_round_by_round() -> None:
    cold = tuple(
        replace(e, undisturbed_units_per_second=800.0 if i == 0 else 1000.0)
        for i, e in enumerate(SLICES[:3])
    )
    level = Level(50, (replace(ROUND, slices=cold),) * 7)
    assert [entry.excluded for entry in level.slices] == [("warm-up",), (), ()] * 7
    assert [len(entries) for entries in level.used_of_rounds] == [2] * 7
    assert level.rates == [1000.0] * 14


def test_a_slow_beginning_of_one_round_alone_is_no_warm_up() -> None:
    slow = tuple(
        replace(e, undisturbed_units_per_second=800.0 if i == 0 else 1000.0)
        for i, e in enumerate(SLICES[:3])
    )
    usual = tuple(replace(e, undisturbed_units_per_second=1000.0) for e in SLICES[:3])
    level = Level(50, tuple(replace(ROUND, slices=s) for s in (usual, slow, usual, usual)))
    assert [entry.excluded for entry in level.slices] == [()] * 12


def test_a_short_level_needs_no_more_than_half_of_its_slices_clean() -> None:
    for count, said in ((3, []), (4, ["steal", "clean slices"])):
        part = replace(ROUND, slices=spoiled(count, "steal")[:6])
        found = reasons_of(Level(50, (part,)))
        assert [reason.partition(":")[0] for reason in found] == said


def test_too_few_clean_slices_use_all_less_what_others_took() -> None:
    slices = spoiled(16, "other load")
    few = Level(50, (replace(ROUND, slices=slices),))
    assert few.rates == [1010.0 + i for i in range(20)]
    part = Level(50, (replace(ROUND, slices=spoiled(6, "other load")),))
    assert part.rates == [1010.0 + i for i in range(6, 20)]
