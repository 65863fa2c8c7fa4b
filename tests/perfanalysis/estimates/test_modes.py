"""Whether two speeds are told from one: the false-positive rate that modes.py states."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from perfanalysis.estimates.modes import Modes, find_modes

Array = npt.NDArray[np.float64]
LEVELS, SLICES, STEP = 11, 24, 0.045
COUNT = LEVELS * SLICES
# Slices of three of a level, then of the next one.
LEVEL = np.arange(COUNT) // 3 % LEVELS
# The slices' numbers, one level after the other, in the order of time.
ORDER = np.argsort(np.argsort(LEVEL, kind="stable"), kind="stable")


def seen(rates: Array) -> bool:
    """Whether two speeds are found in the slices of a run, which are in the order of time."""
    return found(rates) is not None


def found(rates: Array) -> Modes | None:
    return find_modes([rates[level == LEVEL] for level in range(LEVELS)], ORDER)


def wandering(random: np.random.Generator, seconds: float) -> Array:
    kept, state = np.exp(-STEP / seconds), random.normal()
    values = np.empty(COUNT)
    for i in range(COUNT):
        state = kept * state + np.sqrt(1 - kept**2) * random.normal()
        values[i] = state
    return values


@pytest.mark.parametrize(
    ("lasting", "seconds", "white", "outliers", "drift"),
    [
        (0.0, 1.0, 0.01, 0.0, 0.0),
        (0.02, 0.1, 0.01, 0.0, 0.0),
        (0.02, 1.0, 0.01, 0.0, 0.0),
        (0.04, 1.0, 0.002, 0.0, 0.0),
        (0.04, 4.0, 0.002, 0.0, 0.0),
        (0.0, 1.0, 0.01, 0.05, 0.0),
        (0.0, 1.0, 0.01, 0.0, 0.1),
    ],
)
def test_one_speed_is_taken_for_two_in_less_than_one_of_a_hundred_runs(
    lasting: float, seconds: float, white: float, outliers: float, drift: float
) -> None:
    random, said = np.random.default_rng(20261129), 0
    for _ in range(300):
        rates = 1 + white * random.normal(size=COUNT) + drift * np.linspace(-0.5, 0.5, COUNT)
        rates += lasting * wandering(random, seconds)
        rates -= (random.random(COUNT) < outliers) * random.uniform(0.05, 0.4, COUNT)
        said += seen(rates)
    assert said < 3


def test_two_speeds_are_seen() -> None:
    random = np.random.default_rng(20261129)
    slow = np.zeros(COUNT, dtype=bool)
    for i in range(1, COUNT):
        ends = random.random() < (0.15 if slow[i - 1] else 0.065)
        slow[i] = slow[i - 1] != ends
    modes = found(np.where(slow, 0.82, 1.0) + 0.01 * random.normal(size=COUNT))
    assert modes is not None
    assert modes.slow_ratio == pytest.approx(0.82, abs=0.01)
    assert modes.slow_share == pytest.approx(slow.mean(), abs=0.02)


def test_slowing_down_once_is_no_second_speed() -> None:
    random = np.random.default_rng(20261129)
    once = np.where(np.arange(COUNT) < COUNT // 2, 1.0, 0.82)
    assert not seen(once + 0.01 * random.normal(size=COUNT))


def test_few_slices_and_equal_ones_say_nothing() -> None:
    assert find_modes([np.array([0.8, 1.0] * 20)], np.arange(40)) is None
    assert not seen(np.ones(COUNT))
