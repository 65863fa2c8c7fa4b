"""Makes a packing cheaper by small changes of its fleet, with the workloads where they are.

One or two machines are given up for up to two cheaper ones, and workloads move until nothing is in
excess (``balancing.py``). Where that comes out, the cheaper packing is gone on from; where not,
another change is tried. A fleet that is filled from nothing costs seconds to balance; this begins
from one that is balanced but for what was changed.

Changes that give up the least of what machines are worth come first. A kind's worth is what the
workloads that fill one machine of it cost elsewhere at the margin.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from workload.planning.balancing import HEAT, FleetBalancing
from workload.planning.problem import Floats, PackedMachine, Packing, PackingProblem, Wholes, cost

# Of the cost: the most that one change saves, and what sets apart good changes from bad ones.
_MOST_SAVED = 0.03
_TELLING = 0.002
# What a failure counts for in choosing, as such a difference.
_OF_A_FAILURE = 1.0
# Turns of one try for each pair of machines, and at most; how hot it is at first.
_TURNS, _MOST_TURNS = 15, 6000
_HEATED = 0.05


class FleetChange(NamedTuple):
    """Kinds of machines that go and come, rising; what that saves, and gives up in worth."""

    gone: tuple[int, ...]
    new: tuple[int, ...]
    saved: int
    given_up: float


class FleetDescent:
    """A packing, while it becomes cheaper.

    Args:
        problem: of workloads.
        packing: right in all columns.
        worth: of a whole machine of each kind, in millionths; shape (kinds,).
        columns: that matter from the beginning.
        random: where choices are drawn from.

    Attributes:
        packing: the cheapest so far, right in all columns.
        columns: that matter by now.
    """

    def __init__(
        self,
        problem: PackingProblem,
        packing: Packing,
        worth: Floats,
        columns: Wholes,
        random: np.random.Generator,
    ) -> None:
        self._problem = problem
        self._worth = worth
        self._random = random
        self._failures: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        self.columns = columns
        self._take(packing)

    def step(self, until: float) -> bool | None:
        """Try one change; whether the packing became cheaper. None: there is none left to try.

        Args:
            until: by the monotonic clock.
        """
        change = self._chosen()
        if change is None:
            return None
        key = change.gone, change.new
        packing = self._changed(change, until)
        if packing is None:
            self._failures[key] = self._failures.get(key, 0) + 1
            return False
        self._take(packing)
        return True

    def _take(self, packing: Packing) -> None:
        self.packing = packing
        self._changes = fleet_changes(self._problem, [one.kind for one in packing], self._worth)

    def _chosen(self) -> FleetChange | None:
        if not self._changes:
            return None
        scale = _TELLING * cost(self._problem, self.packing)
        given_up = np.array([change.given_up for change in self._changes]) / scale
        failed = [self._failures.get((one.gone, one.new), 0) for one in self._changes]
        # The least of (what is given up + noise) is a draw by exp(-what is given up).
        noise = self._random.gumbel(size=len(given_up))
        return self._changes[int((given_up + _OF_A_FAILURE * np.array(failed) - noise).argmin())]

    def _changed(self, change: FleetChange, until: float) -> Packing | None:
        """The packing after a change; None where it did not come out."""
        machines = list(self.packing)
        loose: list[int] = []
        for kind in change.gone:
            places = [number for number, one in enumerate(machines) if one.kind == kind]
            loose += machines.pop(int(self._random.choice(places))).members
        machines += [PackedMachine(kind, ()) for kind in change.new]
        if not machines:
            return None
        balancing = FleetBalancing.of(self._problem, machines, loose, self.columns, self._random)
        turns = min(_MOST_TURNS, _TURNS * len(machines) * len(machines) // 2)
        came_out = balancing.run(turns, until, HEAT * _HEATED)
        self.columns = balancing.columns
        if not came_out:
            return None
        kept, left = balancing.relieved()
        return None if left else tuple(kept)


def fleet_changes(
    problem: PackingProblem, fleet: Sequence[int], worth: Floats
) -> list[FleetChange]:
    """The changes of a fleet that save something, and not too much at once.

    Args:
        problem: of workloads.
        fleet: the kind of each machine.
        worth: see ``FleetDescent``.
    """
    used = np.bincount(np.array(fleet, dtype=np.int64), minlength=problem.kinds)
    prices = problem.prices
    most = _MOST_SAVED * float(prices @ used)
    kinds = [int(kind) for kind in np.flatnonzero(used)]
    pairs = [
        pair for pair in itertools.combinations_with_replacement(kinds, 2) if _there(pair, used)
    ]
    every = range(problem.kinds)
    coming = [(), *((kind,) for kind in every)]
    coming += itertools.combinations_with_replacement(every, 2)
    found = []
    for gone in [*((kind,) for kind in kinds), *pairs]:
        paid, lost = int(prices[list(gone)].sum()), float(worth[list(gone)].sum())
        for new in coming:
            saved = paid - int(prices[list(new)].sum()) if new else paid
            if not 0 < saved <= most or set(gone) & set(new):
                continue
            if all(used[kind] + new.count(kind) <= problem.limits[kind] for kind in set(new)):
                given_up = lost - float(worth[list(new)].sum()) if new else lost
                found.append(FleetChange(gone, new, saved, given_up))
    return found


def _there(pair: tuple[int, int], used: Wholes) -> bool:
    return pair[0] != pair[1] or int(used[pair[0]]) > 1
