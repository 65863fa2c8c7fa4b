"""The order of rounds, with made ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.settings import Settings
from loadtest.driving.steps import MachineSlice, Round
from loadtest.levels import Level
from loadtest.passes import in_turn, measure_levels, seconds_missing, time_reason

CLEAN = tuple(MachineSlice(i * 0.04, 0.04, 40.0, 1000.0 + i, 1000.0 + i) for i in range(3))
SPOILED = tuple(replace(entry, excluded=("other load",)) for entry in CLEAN)
SETTINGS = Settings(levels=(20, 50, 100), seconds_per_level=None, profile="default")


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
        slices: of the n-th round (from 0) of a level.
        reached: percent busy in it.
    """
    done: list[int] = []
    elapsed = 0.0

    def run(busy: int, seconds: float) -> Round:
        nonlocal elapsed
        elapsed += seconds
        done.append(busy)
        number = done.count(busy) - 1
        ticks = CpuTime(reached(busy, number), 0, 100)
        return Round(slices(busy, number), ticks, 0.5, None, 0.0, seconds)

    measure_levels(settings, run, lambda: elapsed)
    return done


def test_levels_are_met_in_turn_and_no_more_when_all_are_narrow() -> None:
    passes = [20, 50, 100] * 3 + [50, 100, 20] * 2 + [100, 20, 50] * 2
    assert order(SETTINGS, lambda *_: CLEAN) == passes


def test_each_pass_begins_further_on() -> None:
    levels = tuple(range(10, 101, 10))
    assert [in_turn(levels, number, 7)[0] for number in range(7)] == [10, 20, 30, 50, 60, 80, 90]
    assert in_turn(levels, 3, 7) == (50, 60, 70, 80, 90, 100, 10, 20, 30, 40)
    assert all(sorted(in_turn(levels, number, 7)) == list(levels) for number in range(7))


@pytest.mark.parametrize("settings", [SETTINGS, replace(SETTINGS, max_duration=8.0)])
def test_the_most_doubtful_level_gets_more_rounds_until_the_time_is_over(
    settings: Settings,
) -> None:
    found = order(settings, lambda busy, number: wide(number) if busy == 50 else CLEAN)
    more = found[21:]
    # 0.9 s / 7 each, after 4.3 s of the passes.
    assert set(more) == {50}
    assert len(more) == int((settings.budget - 4.3) / (0.9 / 7))


def test_full_load_comes_before_an_interval_that_is_up_to_five_times_as_wide() -> None:
    def spread(by: float) -> Callable[[int, int], tuple[MachineSlice, ...]]:
        def slices(busy: int, number: int) -> tuple[MachineSlice, ...]:
            # Rounds that are apart by so much: the interval of their medians is as wide.
            rate = 1000.0 * (1 + {50: 0.1, 100: by}.get(busy, 0.0) * (number % 2))
            return tuple(
                replace(entry, units_per_second=rate, undisturbed_units_per_second=rate)
                for entry in CLEAN
            )

        return slices

    assert order(SETTINGS, spread(0.04))[21] == 100
    assert order(SETTINGS, spread(0.01))[21] == 50


def test_a_level_without_clean_slices_comes_before_one_with_a_wide_interval() -> None:
    def slices(busy: int, number: int) -> tuple[MachineSlice, ...]:
        if busy == 20:
            return SPOILED if number < 8 else CLEAN
        return wide(number) if busy == 50 and number < 7 else CLEAN

    # Three more rounds of the former: two clean ones, after one that was spoiled again.
    assert order(SETTINGS, slices)[21:26] == [20, 20, 20, 50, 50]


def test_a_level_that_was_missed_gets_more_rounds_but_not_without_end() -> None:
    # By 3.1 points after seven rounds, by 2.75 after eight.
    found = order(SETTINGS, lambda *_: CLEAN, lambda busy, n: busy + 22 * (busy == 50 and n == 0))
    assert found[21:] == [50]
    found = order(SETTINGS, lambda *_: CLEAN, lambda busy, _: busy + 10 * (busy == 50))
    assert found[21:] == [50] * 5


def test_the_last_pass_is_repeated_for_a_level_that_misses_slices() -> None:
    found = order(SETTINGS, lambda busy, number: () if busy == 20 and number < 7 else CLEAN)
    # In the last pass the level 20 is tried until it has six slices.
    assert found[18:] == [100, 20, 20, 20, 50]


def test_a_length_of_ones_own_has_no_further_rounds() -> None:
    settings = replace(SETTINGS, seconds_per_level=0.4)
    assert order(settings, lambda _, number: wide(number) * 2) == [20, 50, 100]


def test_how_much_longer_a_run_must_go_on() -> None:
    def level(busy: int, seconds: float) -> Level:
        # The interval of six values reaches from the first to the last: 1 % of the median.
        rates = (990.0, 996.0, 998.0, 1002.0, 1004.0, 1010.0)
        entries = tuple(MachineSlice(i * 0.05, 0.05, 50.0, r, r) for i, r in enumerate(rates))
        return Level(busy, (Round(entries, CpuTime(busy, 0, 100), 0.5, None, 0.0, seconds),))

    width = level(50, 1.0).estimate().relative_half_width
    assert width == pytest.approx(0.01, rel=0.02)
    # Half the width takes four times as long: three more times what it took.
    assert seconds_missing([level(50, 40.0), level(100, 2.0)], width / 2) == pytest.approx(126.0)
    assert seconds_missing([level(50, 40.0)], width * 1.01) == 0.0


def test_what_to_do_about_wide_intervals() -> None:
    assert time_reason(0.0, 88.0, 0.01) == []
    assert time_reason(1301.0, 120.3, 0.01) == [
        "time: at this rate about 1,310 s more would bring every interval within 1% "
        "(--max-duration 1430)"
    ]
