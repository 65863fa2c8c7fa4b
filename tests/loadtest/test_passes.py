"""The order of rounds, with made ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from loadtest.passes import measure_levels
from loadtest.proc_stat import CpuTime
from loadtest.settings import Settings
from loadtest.steps import MachineSlice, Round

CLEAN = tuple(MachineSlice(i * 0.05, 0.05, 50.0, 1000.0 + i % 3, 1000.0) for i in range(6))
WIDE = tuple(replace(e, units_per_second=500.0 + 200.0 * i) for i, e in enumerate(CLEAN))
SPOILED = tuple(replace(entry, excluded=("other load",)) for entry in CLEAN)
SETTINGS = Settings(levels=(20, 50, 100), seconds_per_level=None, profile="default")


def order(settings: Settings, slices: Callable[[int, int], tuple[MachineSlice, ...]]) -> list[int]:
    """The levels in the order of their rounds; each round takes as long as it was asked to.

    Args:
        settings: of the run.
        slices: of the n-th round (from 0) of a level.
    """
    done: list[int] = []
    elapsed = 0.0

    def run(busy: int, seconds: float) -> Round:
        nonlocal elapsed
        elapsed += seconds
        done.append(busy)
        found = slices(busy, done.count(busy) - 1)
        return Round(found, CpuTime(busy, 0, 100), 0.5, None, 0.0, seconds)

    measure_levels(settings, run, lambda: elapsed)
    return done


def test_levels_are_met_there_and_back_and_no_more_when_all_are_narrow() -> None:
    passes = [20, 50, 100, 100, 50, 20, 20, 50, 100]
    assert order(SETTINGS, lambda *_: CLEAN) == passes


@pytest.mark.parametrize("settings", [SETTINGS, replace(SETTINGS, max_duration=8.0)])
def test_the_most_doubtful_level_gets_more_rounds_until_the_time_is_over(
    settings: Settings,
) -> None:
    found = order(settings, lambda busy, _: WIDE if busy == 50 else CLEAN)
    more = found[9:]
    # 0.3 s each, after 4.3 s of the passes.
    assert set(more) == {50}
    assert len(more) == round((settings.budget - 4.3) / 0.3)


def test_a_level_without_clean_slices_comes_before_one_with_a_wide_interval() -> None:
    def slices(busy: int, number: int) -> tuple[MachineSlice, ...]:
        if busy == 20:
            return SPOILED if number < 4 else CLEAN
        return WIDE if busy == 50 and number < 3 else CLEAN

    # Two more rounds of the former: its first clean one, after one that was spoiled again.
    assert order(SETTINGS, slices)[9:13] == [20, 20, 50, 50]


def test_a_length_of_ones_own_has_no_further_rounds() -> None:
    settings = replace(SETTINGS, seconds_per_level=0.4)
    assert order(settings, lambda *_: WIDE) == [20, 50, 100]
