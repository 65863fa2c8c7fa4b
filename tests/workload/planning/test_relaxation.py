"""Fleets of whole machines from the linear program whose machines are fractions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.workload.planning.small_cases import made
from workload.planning.problem import UNLIMITED, PackingProblem
from workload.planning.relaxation import Relaxation


def relaxed(problem: PackingProblem) -> Relaxation:
    relaxation = Relaxation(problem)
    for _ in relaxation.rounds(math.inf):
        pass
    return relaxation


def alike(count: int, size: int) -> list[list[int]]:
    return [[size]] * count


@pytest.mark.parametrize(
    ("demand", "capacity", "prices", "limits", "waste", "fleet"),
    [
        # 2.5 machines, and there is no cheaper kind.
        (alike(5, 50), [[100]], [10], None, 0.0, [0] * 3),
        # 250 on machines of which 80 are used: 3.1.
        (alike(5, 50), [[100]], [10], None, 0.2, [0] * 4),
        # Never more than half is left unused.
        (alike(5, 50), [[100]], [10], None, 0.9, [0] * 5),
        # Exactly whole: nothing is rounded up.
        (alike(4, 50), [[100]], [10], None, 0.0, [0] * 2),
        # 1.25 large ones: the quarter goes to a small one, which is dearer by size.
        (alike(5, 25), [[100], [25]], [10, 3], None, 0.0, [0, 1]),
        # 1.5 large ones: a second one costs less than two small ones.
        (alike(6, 25), [[100], [25]], [10, 6], None, 0.0, [0, 0]),
        # One that has a quarter leaves twice the share unused: 250 / 80, and not 250 / 90.
        (alike(10, 25), [[400], [100]], [80, 9], None, 0.1, [1] * 4),
        # No more than there are of a kind; the rest is of the other.
        (alike(10, 25), [[100], [25]], [10, 3], [1, UNLIMITED], 0.0, [0] + [1] * 6),
    ],
)
def test_fractions_become_whole_machines(  # noqa: PLR0917 - columns of a table
    demand: list[list[int]],
    capacity: list[list[int]],
    prices: list[int],
    limits: list[int] | None,
    waste: float,
    fleet: list[int],
) -> None:
    problem = made(demand, capacity, prices, limits)
    relaxation = relaxed(problem)

    found = relaxation.fleet(waste, math.inf)

    assert found is not None
    assert found[0] == fleet
    assert found[1].shape == (len(demand), len(prices))
    assert found[1].sum(axis=1) == pytest.approx(np.ones(len(demand)))
    # Nothing of one question is left in the next one.
    again = relaxation.fleet(waste, math.inf)
    assert again is not None
    assert again[0] == fleet


def test_where_limits_leave_no_room_there_is_no_fleet() -> None:
    relaxation = relaxed(made(alike(4, 50), [[100]], [10], [2]))

    assert relaxation.fleet(0.5, math.inf) is None
    found = relaxation.fleet(0.0, math.inf)
    assert found is not None
    assert found[0] == [0, 0]


def test_a_group_that_is_kept_apart_takes_as_many_machines() -> None:
    # The second column is a rule: one of the group on each machine.
    problem = made([[10, 1], [10, 1], [10, 1], [10, 0]], [[100, 1]], [10])

    found = relaxed(problem).fleet(0.0, math.inf)

    assert found is not None
    assert found[0] == [0, 0, 0]
