"""Small changes of a fleet that make its packing cheaper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.workload.planning.small_cases import at_random, made
from workload.planning.descent import FleetChange, FleetDescent, fleet_changes
from workload.planning.first_fit import first_fit_decreasing
from workload.planning.problem import (
    UNLIMITED,
    PackedMachine,
    Packing,
    PackingProblem,
    cost,
    faults,
)

PRICES = [1000, 990, 10]
WORTH = np.array([900.0, 950.0, 5.0])


@pytest.mark.parametrize(
    ("fleet", "limits", "expected"),
    [
        # Not one of 1000 for nothing, and not for 990 and 10, which save nothing.
        ([0], None, [((0,), (1,), 10, -50.0)]),
        ([1], None, []),
        ([2] * 99, None, [((2,), (), 10, 5.0), ((2, 2), (), 20, 10.0)]),
        (
            [0, 2],
            None,
            [((0,), (1,), 10, -50.0), ((2,), (), 10, 5.0), ((0, 2), (1,), 20, -45.0)],
        ),
        # There is no other one of kind 1.
        ([0, 1], [UNLIMITED, 1, UNLIMITED], []),
        ([0, 1], [UNLIMITED, 2, UNLIMITED], [((0,), (1,), 10, -50.0)]),
        # Two for two of another kind, of which there is one.
        ([0, 0], [UNLIMITED, 1, UNLIMITED], [((0,), (1,), 10, -50.0)]),
        (
            [0, 0],
            None,
            [((0,), (1,), 10, -50.0), ((0, 0), (1, 1), 20, -100.0)],
        ),
    ],
)
def test_changes_save_something_and_keep_to_limits(
    fleet: list[int],
    limits: list[int] | None,
    expected: list[tuple[tuple[int, ...], tuple[int, ...], int, float]],
) -> None:
    problem = made([[1]], [[10], [10], [1]], PRICES, limits)

    assert fleet_changes(problem, fleet, WORTH) == [FleetChange(*one) for one in expected]


def descent(problem: PackingProblem, packing: Packing) -> FleetDescent:
    worth = problem.prices.astype(float)
    return FleetDescent(problem, packing, worth, np.array([0]), np.random.default_rng(1))


def test_a_cheaper_machine_that_holds_the_same_is_taken() -> None:
    problem = made([[25]] * 4, [[110], [100]], [1000, 980])
    found = descent(problem, (PackedMachine(0, (0, 1, 2, 3)),))

    assert found.step(math.inf)
    assert found.packing == (PackedMachine(1, (0, 1, 2, 3)),)
    assert found.step(math.inf) is None


def test_one_that_does_not_hold_it_is_not() -> None:
    problem = made([[25]] * 4, [[110], [99]], [1000, 980])
    packing = (PackedMachine(0, (0, 1, 2, 3)),)
    found = descent(problem, packing)

    assert found.step(math.inf) is False
    assert found.packing == packing


def test_a_step_that_nobody_looked_at_counts() -> None:
    problem = made([[25, 1]] * 4, [[110, 10], [100, 3]], [1000, 980])
    found = descent(problem, (PackedMachine(0, (0, 1, 2, 3)),))

    assert found.step(math.inf) is False
    assert found.columns.tolist() == [0, 1]


def test_packings_stay_right_and_most_wasteful_ones_become_cheaper() -> None:
    gained = 0
    for seed in range(6):
        problem = at_random(seed, 20)
        found = descent(problem, first_fit_decreasing(problem)[-1])
        costs = [cost(problem, found.packing)]
        for _ in range(8):
            if found.step(math.inf):
                costs.append(cost(problem, found.packing))
            assert faults(problem, found.packing) == []
        assert costs == sorted(set(costs), reverse=True)
        gained += len(costs) > 1

    assert gained >= 2
