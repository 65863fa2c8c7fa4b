from __future__ import annotations

from dataclasses import replace

import pytest

from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.settings import PROFILES
from loadtest.driving.steps import MachineSlice, Round
from loadtest.levels import Level, others_ratio, pressure_ratio, spoiled_by, surely_above
from loadtest.passes import first_rounds
from perfanalysis.errors import PerfAnalysisError

PROFILE = PROFILES["default"]
SLICES = tuple(MachineSlice(i * 0.05, 0.05, 50.0, 1000.0 + i, 1010.0 + i) for i in range(20))
# One second on two CPUs, half busy, all of it with our workers.
ROUND = Round(SLICES, CpuTime(100, 0, 200), 1.0, 0.01, 0.0, 1.0)


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
            ["interval: it reaches 60.0% from the estimate at 50 % busy, more than 15%"],
        ),
    ],
)
def test_what_spoils_a_level(change: dict[str, object], busy: int, reasons: list[str]) -> None:
    level = Level(busy, (replace(ROUND, **change),))
    assert spoiled_by(level, 2, PROFILE) == reasons


@pytest.mark.parametrize(
    ("ratio", "samples", "sure"),
    [(0.02, 10**9, False), (0.031, 10**9, True), (0.045, 200, False), (0.045, 1000, True)],
)
def test_what_is_sampled_must_be_surely_above_a_limit(
    ratio: float, samples: int, sure: bool
) -> None:
    assert surely_above(0.03, ratio, samples) is sure


def test_spoiled_slices_do_not_move_the_estimate() -> None:
    slow = tuple(
        replace(e, undisturbed_units_per_second=1.0, excluded=("steal",))
        if i % 2
        else replace(e, undisturbed_units_per_second=1000.0)
        for i, e in enumerate(SLICES)
    )
    assert Level(50, (replace(ROUND, slices=slow),)).estimate().value == 1000.0


def test_the_interval_holds_what_rounds_differ_by() -> None:
    def at(factor: float) -> Round:
        slices = [
            replace(e, undisturbed_units_per_second=(1000.0 + i) * factor)
            for i, e in enumerate(SLICES)
        ]
        return replace(ROUND, slices=(*slices[:-1], replace(slices[-1], excluded=("steal",))))

    level = Level(50, (at(1.0), at(1.1), at(1.2)))
    assert level.rates_of_rounds == [19, 19, 19]
    found = level.estimate()
    # Student's t of three medians that are 10 % apart.
    assert found.upper - found.value == pytest.approx(4.303 * 100.9 / 3**0.5, rel=0.01)
    assert Level(50, (at(1.0),) * 3).estimate().relative_half_width < 0.01


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
        Level(50, (replace(ROUND, slices=idle),)).estimate()
    with pytest.raises(PerfAnalysisError, match="counted no time during the level 50 %"):
        _ = Level(50, (replace(ROUND, cpu=CpuTime(0, 0, 0)),)).use


@pytest.mark.parametrize(("lengths", "rounds"), [([20], 1), ([4, 1, 3, 9], 3), ([0] * 9, 5)])
def test_a_level_without_enough_slices_gets_more_rounds(lengths: list[int], rounds: int) -> None:
    waiting = iter(lengths)
    level = first_rounds(50, lambda: replace(ROUND, slices=SLICES[: next(waiting)]))
    assert len(level.rounds) == rounds


def test_earlier_rounds_count_for_a_level_that_lacks_slices() -> None:
    waiting = iter([1, 1, 9])
    before = [replace(ROUND, slices=SLICES[:3])] * 2
    assert len(first_rounds(50, lambda: replace(ROUND, slices=SLICES[: next(waiting)])).rounds) == 3
    assert len(first_rounds(50, lambda: ROUND, before).rounds) == 3
    waiting = iter([1, 1, 9])
    more = first_rounds(
        50, lambda: replace(ROUND, slices=SLICES[: next(waiting)]), before=before[:1]
    )
    assert len(more.rounds) == 4


def test_warm_up_is_left_out_round_by_round() -> None:
    cold = tuple(
        replace(e, undisturbed_units_per_second=800.0 if i == 0 else 1000.0)
        for i, e in enumerate(SLICES[:3])
    )
    level = Level(50, (replace(ROUND, slices=cold),) * 7)
    assert [entry.excluded for entry in level.slices] == [("warm-up",), (), ()] * 7
    assert level.rates_of_rounds == [2] * 7
    assert level.estimate().value == 1000.0


def test_a_short_level_needs_no_more_than_half_of_its_slices_clean() -> None:
    for count, said in ((3, []), (4, ["steal", "clean slices"])):
        part = replace(ROUND, slices=spoiled(count, "steal")[:6])
        found = spoiled_by(Level(50, (part,)), 2, PROFILE)
        assert [reason.partition(":")[0] for reason in found] == said


def test_too_few_clean_slices_use_all_less_what_others_took() -> None:
    slices = spoiled(16, "other load")
    few = Level(50, (replace(ROUND, slices=slices),))
    # The median of all twenty; of fourteen, when six are spoiled.
    assert few.estimate().value == 1019.5
    part = Level(50, (replace(ROUND, slices=spoiled(6, "other load")),))
    assert part.estimate().value == 1022.5
