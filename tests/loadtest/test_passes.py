"""The order of rounds, with made ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.settings import SINGLE, Settings, Target
from loadtest.driving.steps import MachineSlice, Round
from loadtest.estimation import estimate_levels
from loadtest.levels import Level
from loadtest.passes import in_turn, measure_levels, seconds_missing, time_reason

CLEAN = tuple(MachineSlice(i * 0.04, 0.04, 40.0, 1000.0 + i, 1000.0 + i) for i in range(3))
SPOILED = tuple(replace(entry, excluded=("other load",)) for entry in CLEAN)
SETTINGS = Settings(levels=(20, 50, 100), seconds_per_level=None, profile="default")
# The single worker in the lists below.
ONE = 1
A_PASS = [20, 50, 100, ONE]


def wide(number: int) -> tuple[MachineSlice, ...]:
    """The slices of the n-th round of a level that varies by half of itself."""
    return tuple(
        replace(e, undisturbed_units_per_second=500.0 + (3 * number + i) * 370 % 1000)
        for i, e in enumerate(CLEAN)
    )


def order(
    settings: Settings,
    slices: Callable[[int, int], tuple[MachineSlice, ...]],
    reached: Callable[[int, int], int] = lambda busy, _: busy,
) -> list[int]:
    """The levels in the order of their rounds; each round takes as long as it was asked to.

    Args:
        settings: of the run.
        slices: of the n-th round (from 0) of a level; ``ONE`` is the single worker.
        reached: percent busy in it.
    """
    done: list[int] = []
    elapsed = 0.0

    def run(target: Target, seconds: float) -> Round:
        nonlocal elapsed
        busy = ONE if target == SINGLE else target.busy
        done.append(busy)
        number = done.count(busy) - 1
        ticks = CpuTime(100 if busy == ONE else reached(busy, number), 0, 100)
        entries = tuple(replace(e, start=elapsed + e.start) for e in slices(busy, number))
        elapsed += seconds
        return Round(entries, ticks, 0.5, None, 0.0, seconds)

    measure_levels(settings, run, lambda: elapsed)
    return done


def test_levels_are_met_in_turn_and_no_more_when_all_are_narrow() -> None:
    # Seven passes over the three levels and the single worker, each beginning further on.
    starts = [0, 0, 1, 1, 2, 2, 3]
    passes = [busy for first in starts for busy in A_PASS[first:] + A_PASS[:first]]
    assert order(SETTINGS, lambda *_: CLEAN) == passes


def test_each_pass_begins_further_on() -> None:
    targets = Settings().targets
    assert targets[-1] == SINGLE
    firsts = [in_turn(targets, number, 7)[0] for number in range(8)]
    assert firsts == [targets[i] for i in (0, 1, 3, 4, 6, 7, 9, 0)]
    for number in range(20):
        found = in_turn(targets, number, 7)
        assert sorted(map(str, found)) == sorted(map(str, targets))


def test_two_rounds_of_a_level_lie_most_of_a_pass_apart() -> None:
    targets = Settings().targets
    whole = [target for number in range(30) for target in in_turn(targets, number, 7)]
    for target in targets:
        places = [index for index, entry in enumerate(whole) if entry == target]
        between = [b - a - 1 for a, b in itertools.pairwise(places)]
        assert min(between) >= len(targets) - 3


def test_further_rounds_are_passes_over_all_levels_until_the_time_is_over() -> None:
    found = order(
        replace(SETTINGS, max_duration=8.0),
        lambda busy, number: wide(number) if busy == 50 else CLEAN,
    )
    # Each pass takes (0.9 + 0.9 + 2.5 + 0.9) / 7 s; one more would not fit, even if shortened.
    assert len(found) == 4 * int(8.0 / (5.2 / 7))
    for number in range(7, 10):
        assert sorted(found[4 * number : 4 * number + 4]) == sorted(A_PASS)


def test_the_last_pass_is_shortened_where_its_rounds_stay_long_enough() -> None:
    lengths: list[float] = []

    def run(target: Target, seconds: float) -> Round:
        lengths.append(seconds)
        entries = wide(len(lengths))
        return Round(entries, CpuTime(target.busy, 0, 100), 0.5, None, 0.0, seconds)

    settings = Settings(levels=(50, 100), profile="precise", max_duration=10.0)
    measure_levels(settings, run, lambda: sum(lengths))
    # Passes of (2 + 4 + 2) / 7 s: eight, and what is left is 0.86 of one.
    assert len(lengths) == 27
    assert sum(lengths) == pytest.approx(10.0)
    assert lengths[-1] == pytest.approx(2 / 7 * 0.75)


def test_whether_a_run_may_end_is_looked_at_after_fixed_passes() -> None:
    # Narrow again from the eighth round on; looks come after 7, 9, 12, 15, 19 ... passes.
    def slices(_: int, number: int) -> tuple[MachineSlice, ...]:
        step = 0.03 if number < 7 else 0.0
        rate = 1000.0 * (1 + step * (number % 2))
        return tuple(replace(e, undisturbed_units_per_second=rate) for e in CLEAN)

    found = order(Settings(levels=(50, 100), profile="precise"), slices)
    assert len(found) // 3 in {9, 12, 15, 19, 24, 30, 38}


def test_a_level_without_clean_slices_gets_rounds_of_its_own() -> None:
    def slices(busy: int, number: int) -> tuple[MachineSlice, ...]:
        return SPOILED if busy == 20 and number < 8 else CLEAN

    # One that was spoiled again, and two clean ones: six clean slices.
    assert order(SETTINGS, slices)[28:] == [20, 20, 20]


def test_a_level_that_was_missed_gets_more_rounds_but_not_without_end() -> None:
    # By 7.1 points after seven rounds, of which 3.1 may be chance; by 5.6 and 2.7 after nine.
    found = order(SETTINGS, lambda *_: CLEAN, lambda busy, n: busy + 50 * (busy == 50 and n == 0))
    assert found[28:] == [50, 50]
    found = order(SETTINGS, lambda *_: CLEAN, lambda busy, _: busy + 10 * (busy == 50))
    assert found[28:] == [50] * 5


def test_the_last_pass_is_repeated_for_a_level_that_misses_slices() -> None:
    found = order(SETTINGS, lambda busy, number: () if busy == 20 and number < 7 else CLEAN)
    # In the last pass the level 20 is tried until it has six slices.
    assert found[24:] == [ONE, 20, 20, 20, 50, 100]


def test_a_length_of_ones_own_has_no_further_rounds() -> None:
    settings = replace(SETTINGS, seconds_per_level=0.4)
    assert order(settings, lambda _, number: wide(number) * 2) == A_PASS


def test_how_much_longer_a_run_must_go_on() -> None:
    def level(busy: int, seconds: float) -> Level:
        rates = (990.0, 996.0, 1002.0, 998.0, 1004.0, 1010.0) * 5
        entries = tuple(MachineSlice(i * 0.05, 0.05, 50.0, r, r) for i, r in enumerate(rates))
        return Level(busy, (Round(entries, CpuTime(busy, 0, 100), 0.5, None, 0.0, seconds),))

    levels = [level(50, 40.0), replace(level(100, 2.0), workers=1)]
    width = max(found.relative_half_width for found in estimate_levels(levels).levels)
    assert 0 < width < 0.01
    # Half the width takes four times as long: three more times what all of it took.
    assert seconds_missing(levels, width / 2) == pytest.approx(126.0)
    assert seconds_missing(levels, width * 1.01) == 0.0


def test_what_to_do_about_wide_intervals() -> None:
    assert time_reason(0.0, 88.0, 0.01) == []
    assert time_reason(1301.0, 120.3, 0.01) == [
        "time: at this rate about 1,310 s more would bring every interval within 1% "
        "(--max-duration 1430)"
    ]


def test_rungs_of_the_ladder_take_part_in_some_passes_and_never_twice_in_a_row() -> None:
    settings = replace(Settings(), ladder=(2, 4, 8, 16, 32, 64))
    done: list[Target] = []
    elapsed = 0.0

    def run(target: Target, seconds: float) -> Round:
        nonlocal elapsed
        done.append(target)
        entries = tuple(replace(e, start=elapsed + e.start) for e in CLEAN)
        elapsed += seconds
        return Round(entries, CpuTime(target.busy, 0, 100), 0.5, None, 0.0, seconds)

    levels = measure_levels(settings, run, lambda: elapsed)
    assert [level.target for level in levels] == list(settings.targets)
    assert [level.workers for level in levels[10:]] == [2, 4, 8, 16, 32, 64, 1]
    for target in settings.targets:
        assert done.count(target) == (2 if target in settings.rungs else 7)
    places = {t: [i for i, entry in enumerate(done) if entry == t] for t in settings.targets}
    assert min(b - a for found in places.values() for a, b in itertools.pairwise(found)) >= 8
    assert elapsed == pytest.approx(settings.first_rounds_seconds)
