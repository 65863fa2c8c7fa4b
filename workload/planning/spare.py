"""Room for one machine's failure: its workloads can move onto what is left; the rest stays.

For each machine, its workloads are put one by one, the largest first, onto the others' free room.
Where that comes out, it is shown, and needs no further proof. Where it does not, empty machines are
added: the cheapest kind with which it comes out for all. One always exists where kinds are not
limited: an empty machine of the failed one's own kind holds all of its workloads, since the failed
one did; and one of each such kind is enough, as one machine fails at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workload.planning.problem import PackedMachine, Packing, PackingProblem

# Where the workloads of a machine go when it fails: workload and machine, by their numbers.
Moves = tuple[tuple[int, int], ...]


def moves_after(
    problem: PackingProblem, packing: Sequence[PackedMachine], failed: int
) -> Moves | None:
    """Where the workloads of a machine go; None: no place was found for one of them."""
    room = np.array([problem.capacity[one.kind] - problem.load(one.members) for one in packing])
    kinds = [one.kind for one in packing]
    shares = problem.demand[list(packing[failed].members)] / np.maximum(
        problem.capacity[packing[failed].kind], 1.0
    )
    order = np.argsort(-shares.max(axis=1, initial=0.0), kind="stable")
    moves = []
    for place in order:
        workload = packing[failed].members[place]
        able = (room >= problem.demand[workload]).all(axis=1) & problem.allowed[workload, kinds]
        able[failed] = False
        if not able.any():
            return None
        # The fullest first, so that the emptiest keep room for what is large.
        free = np.where(able, room.sum(axis=1), np.inf)
        target = int(free.argmin())
        room[target] -= problem.demand[workload]
        moves.append((workload, target))
    return tuple(moves)


def with_spare(problem: PackingProblem, packing: Packing) -> Packing | None:
    """The packing, with the empty machines that it needs; None: limits leave none."""
    stuck = [m for m in range(len(packing)) if moves_after(problem, packing, m) is None]
    if not stuck:
        return packing
    left = problem.limits - np.bincount([one.kind for one in packing], minlength=problem.kinds)
    for kind in problem.by_price:
        if left[kind] > 0:
            wider = (*packing, PackedMachine(int(kind), ()))
            if all(moves_after(problem, wider, failed) is not None for failed in stuck):
                return wider
    return _one_of_each(problem, packing, stuck)


def _one_of_each(problem: PackingProblem, packing: Packing, stuck: Sequence[int]) -> Packing | None:
    """An empty machine of the kind of each machine whose workloads have no place."""
    wider = packing
    for kind in sorted({packing[failed].kind for failed in stuck}):
        wider = (*wider, PackedMachine(kind, ()))
    used = np.bincount([one.kind for one in wider], minlength=problem.kinds)
    if (used > problem.limits).any():
        return None
    if any(moves_after(problem, wider, failed) is None for failed in range(len(wider))):
        return None
    return wider
