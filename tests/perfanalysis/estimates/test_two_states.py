"""What few changes between two speeds leave open, against tables of the F distribution."""

from __future__ import annotations

import numpy as np
import pytest

from perfanalysis.estimates.common_noise import Group
from perfanalysis.estimates.run_estimates import of_groups
from perfanalysis.estimates.two_states import Swings, swings

# Four levels in turn, three slices a round.
LEVELS, SLICES = 4, 3


def groups_of(slow: list[bool], random: np.random.Generator | None = None) -> list[Group]:
    """A round for each entry: 18 % slower where it is true."""
    noise = 0.002 * (random or np.random.default_rng(1)).normal(size=(len(slow), SLICES))
    rates = np.where(np.array(slow)[:, None], 82.0, 100.0) * (1 + noise)
    found = []
    for level in range(LEVELS):
        rounds = np.arange(level, len(slow), LEVELS)
        times = (rounds[:, None] * SLICES + np.arange(SLICES)) * 0.045
        numbers = np.repeat(rounds, SLICES)
        found.append(Group(times.ravel(), (level + 1) * rates[rounds].ravel(), numbers))
    return found


def seen(slow: list[bool]) -> Swings:
    found = swings(groups_of(slow))
    assert found is not None
    return found


def test_one_slow_spell_leaves_nearly_everything_open() -> None:
    # A fifth of the time; into it and out of it once: odds of 1 to 4, times what 95 of 100 of F
    # with 3 and 3 degrees of freedom lie in, which is 1 / 15.44 to 15.44.
    found = seen([False] * 12 + [True] * 8 + [False] * 20)
    share, low, high = 0.2, 0.25 / 15.44, 0.25 * 15.44
    assert found.more == pytest.approx(high / (1 + high) - share, abs=0.01)
    assert found.less == pytest.approx(share - low / (1 + low), abs=0.01)
    # Each level was slow in two of its ten rounds: 3.6 % below its quick speed in the mean.
    assert found.upper == pytest.approx(np.full(4, (1 - 0.18 * low) / 0.964), abs=0.005)
    assert found.lower == pytest.approx(np.full(4, (1 - 0.18 * 0.794) / 0.964), abs=0.005)
    assert (found.few, list(found.whole)) == (True, [1.0] * 4)


def test_a_level_of_two_rounds_in_one_state_may_have_been_in_the_other() -> None:
    # The first level is quick in both of its rounds, or slow in both: nothing tells which.
    found = seen([False, False, True, True, False, False, False, False])
    assert found.whole == pytest.approx([1 / 0.82, 1 / 0.82, 1.0, 1.0], abs=0.02)
    # Of ten rounds it is not to be believed.
    assert seen([number % 8 == 0 for number in range(40)]).whole[1] == 1.0


def test_many_visits_leave_the_means_to_the_noise() -> None:
    slow = ([False] * 5 + [True] * 3) * 8
    assert not seen(slow).few
    assert seen(slow[:32]).few


@pytest.mark.parametrize("slow", [[False] * 40, [True] * 40])
def test_one_speed_leaves_nothing_open(slow: list[bool]) -> None:
    assert swings(groups_of(slow)) is None


def test_outliers_are_no_spells() -> None:
    random, said = np.random.default_rng(1), 0
    for _ in range(100):
        hit = []
        for group in groups_of([False] * 44, random):
            count = len(group.rates)
            lost = random.uniform(0.05, 0.4, count) * (random.random(count) < 0.05)
            hit.append(Group(group.times, group.rates * (1 - lost), group.rounds))
        said += swings(hit) is not None
    assert said <= 3


def test_the_interval_of_a_mean_is_widened_to_what_is_left_open() -> None:
    groups = groups_of([False] * 12 + [True] * 8 + [False] * 20)
    open_ = swings(groups)
    assert open_ is not None
    for level, lower, upper in zip(of_groups(groups).levels, open_.lower, open_.upper, strict=True):
        assert level.mean.lower <= level.mean.value * lower * (1 + 1e-9)
        assert level.mean.upper >= level.mean.value * upper * (1 - 1e-9)
        # Slow for up to 79 % of the time, its median would be that of the slow state.
        assert level.median.lower < 0.85 * level.median.value


def test_standing_still_is_no_speed() -> None:
    # A stop of whole rounds, as on a machine that others fill: no work at all in them.
    groups = [
        Group(group.times, np.where(group.rates < 90.0 * level, 0.0, group.rates), group.rounds)
        for level, group in enumerate(groups_of([False] * 12 + [True] * 8 + [False] * 20), 1)
    ]
    assert swings(groups) is None
    for level in of_groups(groups).levels:
        assert np.isfinite([level.mean.lower, level.mean.value, level.mean.upper]).all()
