from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workload.planning.small_cases import at_random, best_cost, made
from workload.planning.bound import proven_bound
from workload.planning.first_fit import first_fit_decreasing
from workload.planning.problem import PackedMachine, PackingProblem, cost, faults
from workload.planning.relaxation import Relaxation
from workload.planning.solving import PackingProgress, SolvedPacking, solve

LONG = 60.0


def solved(problem: PackingProblem, steps: int = 30, seconds: float = LONG) -> SolvedPacking:
    found = solve(problem, seconds, lambda _: None, steps)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("demand", "capacity", "prices", "best"),
    [
        # Two that peak at different steps share a machine, though their maxima add up to more.
        ([[80, 10], [10, 80]], [[100, 100]], [7], 7),
        ([[80, 10], [80, 10]], [[100, 100]], [7], 14),
        # One large machine at three times the price of the small one holds four of them.
        ([[50], [50], [50], [50]], [[50], [200]], [10, 30], 30),
        ([[50], [50], [50], [50]], [[50], [200]], [10, 50], 40),
        # An exact fit is a fit.
        ([[30], [30], [40]], [[100]], [5], 5),
    ],
)
def test_small_cases_with_a_known_best(
    demand: list[list[float]], capacity: list[list[float]], prices: list[int], best: int
) -> None:
    found = solved(made(demand, capacity, prices))

    assert cost(made(demand, capacity, prices), found.packing) == best
    assert found.bound <= best


@cache
def of_seed(seed: int) -> tuple[PackingProblem, SolvedPacking, int]:
    """A problem, our answer, and what the best costs."""
    problem = at_random(seed)
    best = best_cost(problem)
    assert best is not None
    return problem, solved(problem), best


@pytest.mark.parametrize("seed", range(30))
def test_plans_are_right_and_bounds_never_above_the_best(seed: int) -> None:
    problem, found, best = of_seed(seed)

    assert faults(problem, found.packing) == []
    assert found.bound <= best <= cost(problem, found.packing)
    assert found.first_fit is not None
    assert cost(problem, found.packing) <= found.first_fit


def test_most_small_cases_are_solved_to_the_best() -> None:
    found = [of_seed(seed) for seed in range(30)]

    assert sum(cost(problem, ours.packing) == best for problem, ours, best in found) >= 28


@pytest.mark.parametrize("seed", range(10))
def test_limited_kinds(seed: int) -> None:
    plain = at_random(seed, 5)
    limits = np.array([1] * (plain.kinds - 1) + [5])
    problem = made(plain.demand, plain.capacity, [int(p) for p in plain.prices], limits)

    found = solved(problem)

    assert faults(problem, found.packing) == []
    best = best_cost(problem)
    assert best is not None
    assert found.bound <= best <= cost(problem, found.packing)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(0, 1e4), min_size=1, max_size=8))
def test_any_step_prices_give_a_bound_that_holds(seed: int, prices: list[float]) -> None:
    problem = at_random(seed, 4)
    random = np.random.default_rng(seed)
    columns = np.stack(
        [
            random.integers(0, problem.kinds, len(prices)),
            random.integers(0, problem.demand.shape[1], len(prices)),
        ],
        axis=1,
    )
    best = best_cost(problem)

    assert best is not None
    assert proven_bound(problem, columns, np.array(prices)) <= best


def test_the_bound_is_what_the_linear_program_says() -> None:
    problem = at_random(3, 12)
    relaxation = Relaxation(problem)
    for _ in relaxation.rounds(float("inf")):
        pass

    program = float(relaxation.machines @ problem.prices)
    bound = proven_bound(problem, relaxation.columns, relaxation.column_prices)
    assert program - 1e-3 <= bound <= program + np.gcd.reduce(problem.prices)


def test_the_same_answer_each_time() -> None:
    problem = at_random(11, 30)

    assert solved(problem, 150).packing == solved(problem, 150).packing


def test_no_time_gives_first_fit_with_a_bound() -> None:
    problem = at_random(5, 40)

    found = solved(problem, seconds=1e-6)

    assert not found.whole
    assert cost(problem, found.packing) == found.first_fit
    assert 0 < found.bound <= cost(problem, found.packing)


def test_too_few_machines_have_no_plan() -> None:
    problem = made([[60], [60], [60]], [[100]], [1], [2])

    assert solve(problem, LONG, lambda _: None) is None


def test_progress_falls_in_cost_and_rises_in_bound() -> None:
    told: list[PackingProgress] = []
    solve(at_random(8, 30), LONG, told.append, 100)

    costs = [one.cost for one in told]
    bounds = [one.bound for one in told]
    assert costs == sorted(costs, reverse=True)
    assert bounds == sorted(bounds)
    assert all(one.bound <= one.cost for one in told)


def test_faults_are_seen() -> None:
    problem = made([[60], [60]], [[100]], [1], [1])
    both = PackedMachine(0, (0, 1))
    first, second = PackedMachine(0, (0,)), PackedMachine(0, (1,))

    assert faults(problem, [both]) == ["machine 0 holds more than it can"]
    assert faults(problem, [first]) == ["not every workload is on one machine"]
    assert faults(problem, [first, second]) == [
        "there are more machines of a kind than there may be"
    ]


def test_first_fit_takes_the_largest_first() -> None:
    problem = made([[30], [70], [30], [70]], [[100]], [3])

    (packing,) = first_fit_decreasing(problem)

    assert [one.members for one in packing] == [(0, 1), (2, 3)]
