"""Workloads moved over a given fleet, and machines that join it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.workload.planning.small_cases import at_random, made
from workload.planning.balancing import FleetBalancing
from workload.planning.first_fit import first_fit_decreasing
from workload.planning.problem import PackingProblem, faults


def balancing(problem: PackingProblem, fleet: list[int]) -> FleetBalancing:
    wishes = np.ones(problem.allowed.shape)
    return FleetBalancing(problem, fleet, wishes, np.array([0]), np.random.default_rng(1))


@pytest.mark.parametrize(
    ("demand", "asked", "expected"),
    [
        # Two of 60 on 100: 20 is missing.
        ([[60], [60]], [0, 1, 2], [0, 1, 2]),
        # Two of 70: 40 is, and kind 2 has 30.
        ([[70], [70]], [2, 1, 0], [1, 0]),
        # Exactly what it has is enough.
        ([[65], [65]], [2], [2]),
        # What fits needs nothing.
        ([[50], [50]], [2, 0], [2, 0]),
        ([[70], [70]], [], []),
    ],
)
def test_enough_has_room_for_all_that_is_in_excess(
    demand: list[list[int]], asked: list[int], expected: list[int]
) -> None:
    problem = made(demand, [[100], [150], [30]], [10, 14, 4])
    assert balancing(problem, [0]).enough(asked) == expected


def test_the_excess_of_all_machines_is_what_has_to_fit() -> None:
    problem = made([[60], [60], [60], [60]], [[100], [30], [50]], [10, 4, 6])
    assert balancing(problem, [0, 0]).enough([1, 2]) == [2]


def test_a_wider_fleet_holds_what_the_narrow_one_did_not() -> None:
    problem = made([[60], [60]], [[100], [70]], [10, 8])
    fleet = balancing(problem, [0])
    assert not fleet.run(50, math.inf)
    machines, loose = fleet.relieved()
    assert (len(machines), len(loose)) == (1, 1)

    fleet.widen(1)

    assert fleet.fleet == [0, 1]
    assert fleet.run(50, math.inf)
    machines, loose = fleet.relieved()
    assert sorted(one.kind for one in machines) == [0, 1]
    assert loose == []
    assert faults(problem, machines) == []


def test_columns_that_nobody_named_are_kept_to() -> None:
    # In column 0 all four fit onto one machine; in column 1 no two of the first two do.
    problem = made([[10, 90], [10, 90], [10, 10], [10, 10]], [[100, 100]], [10])
    fleet = balancing(problem, [0, 0])

    assert fleet.run(200, math.inf)

    machines, loose = fleet.relieved()
    assert loose == []
    assert faults(problem, machines) == []


@pytest.mark.parametrize("seed", range(12))
def test_what_is_said_to_hold_holds_at_all_steps(seed: int) -> None:
    problem = at_random(seed, 14)
    packing = first_fit_decreasing(problem)[0]
    fleet = balancing(problem, [one.kind for one in packing])
    held = fleet.run(400, math.inf)

    machines, loose = fleet.relieved()

    assert not any(one.startswith("machine") for one in faults(problem, machines))
    assert held == (loose == [])
