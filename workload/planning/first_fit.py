"""First-fit-decreasing: what a plan is compared with, and begins from.

Workloads by the size of their peak, the largest first; each onto the first machine that has room at
every step, or a new one. The new one is of one kind for all, but for workloads that it does not
hold: they get the cheapest kind that does. Done with each kind; the cheapest answer counts.
"""

from __future__ import annotations

import numpy as np

from workload.planning.problem import (
    Floats,
    PackedMachine,
    Packing,
    PackingProblem,
    Wholes,
    cost,
)


def first_fit_decreasing(problem: PackingProblem) -> list[Packing]:
    """A packing by each kind that gives one, the cheapest first; none: limits leave no room."""
    found = [packing for kind in range(problem.kinds) if (packing := _by_kind(problem, kind))]
    return sorted(found, key=lambda packing: cost(problem, packing))


def sizes(problem: PackingProblem, kind: int) -> Floats:
    """The largest share that each workload takes of a machine of a kind, over all columns."""
    capacity = problem.capacity[kind]
    shares = problem.demand / np.where(capacity > 0, capacity, np.nan)
    largest: Floats = np.nan_to_num(np.nanmax(shares, axis=1), nan=np.inf)
    return largest


def _by_kind(problem: PackingProblem, kind: int) -> Packing | None:
    room = np.empty((problem.workloads, problem.demand.shape[1]))
    kinds: list[int] = []
    members: list[list[int]] = []
    left = problem.limits.copy()
    telling = _telling_columns(problem)
    for workload in np.argsort(-sizes(problem, kind), kind="stable"):
        demand = problem.demand[workload]
        maybe = (room[: len(kinds), telling] >= demand[telling]).all(axis=1)
        for number in np.flatnonzero(maybe & problem.fits[workload, kinds]):
            if (demand <= room[number]).all():
                members[number].append(int(workload))
                room[number] -= demand
                break
        else:
            opened = _opened(problem, int(workload), kind, left)
            if opened is None:
                return None
            left[opened] -= 1
            room[len(kinds)] = problem.capacity[opened] - demand
            kinds.append(opened)
            members.append([int(workload)])
    return tuple(
        PackedMachine(kind, tuple(sorted(place)))
        for kind, place in zip(kinds, members, strict=True)
    )


def _telling_columns(problem: PackingProblem) -> Wholes:
    """A few columns in which most machines get full first: a quick test before the whole one."""
    full = problem.demand.sum(axis=0) / np.maximum(problem.capacity.max(axis=0), 1.0)
    return np.argsort(-full, kind="stable")[:16]


def _opened(problem: PackingProblem, workload: int, wished: int, left: Wholes) -> int | None:
    """The kind of a new machine for a workload; None where there is none left that holds it."""
    for kind in (wished, *problem.by_price):
        if problem.fits[workload, kind] and left[kind] > 0:
            return int(kind)
    return None
