"""Small packing problems, made at random, and the best plan by trying them all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from workload.planning.problem import UNLIMITED, PackingProblem


def made(
    demand: ArrayLike,
    capacity: ArrayLike,
    prices: Sequence[int],
    limits: ArrayLike | None = None,
) -> PackingProblem:
    """A problem in which everybody may run everywhere."""
    rows = np.array(demand, dtype=float)
    return PackingProblem(
        rows,
        np.array(capacity, dtype=float),
        np.array(prices, dtype=np.int64),
        np.array([UNLIMITED] * len(prices) if limits is None else limits),
        np.ones((len(rows), len(prices)), dtype=bool),
    )


def at_random(seed: int, workloads: int = 6) -> PackingProblem:
    """A few workloads, steps and kinds; each workload fits the last kind."""
    random = np.random.default_rng(seed)
    demand = random.integers(1, 60, size=(workloads, int(random.integers(1, 6))))
    kinds = int(random.integers(1, 4))
    capacity = random.integers(20, 140, size=(kinds, demand.shape[1]))
    capacity[-1] = np.maximum(capacity[-1], 60)
    return made(demand, capacity, [int(price) for price in random.integers(10, 100, size=kinds)])


def best_cost(problem: PackingProblem) -> int | None:
    """What the cheapest plan costs, by trying all; None: there is none."""
    costs = []
    for parts in _partitions(list(range(problem.workloads))):
        able = [[k for k in range(problem.kinds) if problem.holds(k, part)] for part in parts]
        for kinds in (
            itertools.product(*able)
            if (problem.limits != UNLIMITED).any()
            else [
                tuple(min(ks, key=lambda k: problem.prices[k]) for ks in able) if all(able) else ()
            ]
        ):
            used = np.bincount(kinds, minlength=problem.kinds) if kinds else None
            if used is not None and (used <= problem.limits).all():
                costs.append(int(problem.prices[list(kinds)].sum()))
    return min(costs, default=None)


def _partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for parts in _partitions(rest):
        yield [[first], *parts]
        for number, part in enumerate(parts):
            yield [*parts[:number], [first, *part], *parts[number + 1 :]]
