"""Packings that are cheap together with the room for a failure, and not before it is added.

What the room costs depends on the packing: an empty machine must hold what the largest one held.
So packings without the dear kinds are looked for, too; and of what is found, machines whose
workloads have room on the others, the empty ones among them, are given up one by one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workload.planning.first_fit import first_fit_decreasing
from workload.planning.problem import PackedMachine, Packing, PackingProblem, cost
from workload.planning.solving import Say, SolvedPacking, solve
from workload.planning.spare import with_spare

# Of the time limit: for the packing of all kinds, and for giving machines up.
FOR_ALL_KINDS = 0.55
_FOR_GIVING_UP = 0.1
# Kinds up to these shares of the dearest one's price that was used.
_CAPS = (0.6, 0.3)


@dataclass(frozen=True)
class SparePacking:
    """An answer.

    Attributes:
        packing: with the machines that its room takes; None: limits leave none.
        first_fit: what first-fit-decreasing costs with its room, in millionths; None: nothing.
        whole: whether no search was ended by the time.
    """

    packing: Packing | None
    first_fit: int | None
    whole: bool


def cheapest_with_spare(
    problem: PackingProblem, solved: SolvedPacking, seconds: float, say: Say, steps: int
) -> SparePacking:
    """The cheapest packing with room for a failure that is found.

    Args:
        problem: of all kinds.
        solved: of it, without that room.
        seconds: the time limit, of which ``FOR_ALL_KINDS`` is over.
        say: told how far the searches are.
        steps: of each search at most.
    """
    by_first_fit = _widened(problem, first_fit_decreasing(problem))
    first_fit = min((cost(problem, one) for one in by_first_fit), default=None)
    found, whole = [*_widened(problem, [solved.packing]), *by_first_fit], solved.whole
    narrowed = _narrowed(problem, solved.packing)
    each = (1 - FOR_ALL_KINDS - _FOR_GIVING_UP) * seconds / max(1, len(narrowed))
    for narrow in narrowed:
        found += _widened(problem, first_fit_decreasing(narrow))
        one = solve(narrow, each, say, steps)
        if one is not None:
            found += _widened(problem, [one.packing])
            whole &= one.whole
    if not found:
        return SparePacking(None, first_fit, whole)
    best = min(found, key=lambda packing: cost(problem, packing))
    until = time.monotonic() + _FOR_GIVING_UP * seconds
    given_up, ended = _given_up(problem, best, until)
    return SparePacking(given_up, first_fit, whole and ended)


def _widened(problem: PackingProblem, packings: Sequence[Packing]) -> list[Packing]:
    return [wider for one in packings if (wider := with_spare(problem, one)) is not None]


def _narrowed(problem: PackingProblem, packing: Packing) -> list[PackingProblem]:
    """The same without the dear kinds, where each workload still fits some kind."""
    dearest = max(int(problem.prices[one.kind]) for one in packing)
    found: dict[tuple[bool, ...], PackingProblem] = {}
    for share in _CAPS:
        kept = problem.prices <= share * dearest
        narrow = replace(problem, allowed=problem.allowed & kept)
        if narrow.fits.any(axis=1).all():
            found.setdefault(tuple(kept.tolist()), narrow)
    return list(found.values())


def _given_up(problem: PackingProblem, packing: Packing, until: float) -> tuple[Packing, bool]:
    """Without machines that the others, with the room anew, can do without; whether it ended."""
    best, left = packing, sorted(packing, key=lambda one: -int(problem.prices[one.kind]))
    while left:
        if time.monotonic() > until:
            return best, False
        tried = _without(problem, best, left.pop(0))
        wider = None if tried is None else with_spare(problem, tried)
        if wider is not None and cost(problem, wider) < cost(problem, best):
            best = wider
            left = sorted(best, key=lambda one: -int(problem.prices[one.kind]))
    return best, True


def _without(problem: PackingProblem, packing: Packing, gone: PackedMachine) -> Packing | None:
    """The packing with a machine's workloads on the others, the fullest first; None: no room."""
    kept = list(packing)
    kept.remove(gone)
    members = [list(one.members) for one in kept]
    kinds = [one.kind for one in kept]
    if not kept:
        return None
    room = np.array([problem.capacity[one.kind] - problem.load(one.members) for one in kept])
    listed = np.array(gone.members, dtype=np.int64)
    shares = problem.demand[listed] / np.maximum(problem.capacity[gone.kind], 1.0)
    for workload in listed[np.argsort(-shares.max(axis=1, initial=0.0), kind="stable")].tolist():
        able = (room >= problem.demand[workload]).all(axis=1) & problem.allowed[workload, kinds]
        if not able.any():
            return None
        target = int(np.where(able, room.sum(axis=1), np.inf).argmin())
        room[target] -= problem.demand[workload]
        members[target].append(workload)
    return tuple(
        PackedMachine(one.kind, tuple(sorted(held)))
        for one, held in zip(kept, members, strict=True)
    )
