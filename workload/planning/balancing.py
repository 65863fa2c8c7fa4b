"""Spreads workloads over a given fleet so that no machine is asked for more than it has.

From any assignment on: a machine that is asked for too much hands a workload to another one, or
swaps one with it, whichever takes most off the excess of both; until nothing is in excess, or
nothing helps. The excess of a machine is how far its fullest column is above what it has, times its
price. Such moves see all machines at once, which filling them one after the other does not.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from workload.planning.filling import ColumnView
from workload.planning.problem import Floats, PackedMachine, PackingProblem, Wholes

# How many machines and workloads a machine in excess looks at in one turn.
_PARTNERS = 12
_MEMBERS = 12
# Turns without any gain after which it is given up.
_PATIENCE = 60


class FleetBalancing:
    """Workloads on a fleet, while they are moved.

    Args:
        problem: of workloads.
        fleet: the kind of each machine.
        wishes: how much a workload belongs on each kind, 0 to 1; shape (workloads, kinds).
        columns: that matter from the beginning.
        random: where choices are drawn from.
    """

    def __init__(
        self,
        problem: PackingProblem,
        fleet: Sequence[int],
        wishes: Floats,
        columns: Wholes,
        random: np.random.Generator,
    ) -> None:
        self._problem = problem
        self._random = random
        self._kinds = np.array(fleet, dtype=np.int64)
        self._prices = problem.prices[self._kinds].astype(float)
        self._look_at(np.unique(columns))
        self._place = np.full(problem.workloads, -1, dtype=np.int64)
        self._load = np.zeros_like(self._capacity)
        self._settle(wishes)
        self._excess = self._excess_of(self._load, np.arange(len(fleet)))

    @property
    def columns(self) -> Wholes:
        """The columns that matter by now."""
        return self._columns

    def run(self, turns: int, until: float) -> bool:
        """Move workloads; whether nothing is in excess any more, in any column."""
        idle = 0
        for _ in range(turns):
            if not (self._excess > 0).any():
                if not self._joined():
                    return True
                idle = 0
                continue
            idle = 0 if self._turn() else idle + 1
            if idle > _PATIENCE or time.monotonic() > until:
                break
        return False

    def relieved(self) -> tuple[list[PackedMachine], list[int]]:
        """The machines without what is too much on them, and the workloads that were taken off."""
        problem = self._problem
        machines, loose = [], []
        for number, kind in enumerate(self._kinds):
            members = [int(w) for w in np.flatnonzero(self._place == number)]
            while members:
                over = problem.load(members) - problem.capacity[kind]
                if not (over > 0).any():
                    break
                column = int((over / np.maximum(problem.capacity[kind], 1.0)).argmax())
                asked = problem.demand[members, column]
                # The smallest that is enough by itself, else the largest.
                enough = np.where(asked >= over[column], asked, np.inf)
                worst = int(enough.argmin() if np.isfinite(enough).any() else asked.argmax())
                loose.append(members.pop(worst))
            if members:
                machines.append(PackedMachine(int(kind), tuple(members)))
        return machines, loose

    def _look_at(self, columns: Wholes) -> None:
        self._columns = columns
        view = ColumnView.of(self._problem, columns)
        self._demand, capacity = view.demand, view.capacity
        self._capacity = capacity[self._kinds]
        self._share = 1.0 / np.maximum(self._capacity, 1.0)

    def _settle(self, wishes: Floats) -> None:
        """The largest first, each onto the machine of its kind that then is the least full."""
        problem = self._problem
        sizes = (problem.demand / np.maximum(problem.capacity.max(axis=0), 1.0)).max(axis=1)
        allowed = problem.fits[:, self._kinds]
        for workload in np.argsort(-sizes, kind="stable"):
            wished = np.where(allowed[workload], wishes[workload, self._kinds], -1.0)
            able = np.flatnonzero((wished == wished.max()) & allowed[workload])
            if not len(able):
                able = np.arange(len(self._kinds))
            full = (self._load[able] + self._demand[workload]) * self._share[able]
            place = int(able[full.max(axis=1).argmin()])
            self._place[workload] = place
            self._load[place] += self._demand[workload]

    def _excess_of(self, loads: Floats, places: Wholes | int) -> Floats:
        """The excess of machines, or of one machine by several loads."""
        fullest = (loads * self._share[places]).max(axis=-1)
        excess: Floats = np.maximum(fullest - 1.0, 0.0) * self._prices[places]
        return excess

    def _joined(self) -> bool:
        """Whether columns are in excess that were not looked at; they now are."""
        problem = self._problem
        joining = []
        for number, kind in enumerate(self._kinds):
            over = (
                problem.load(np.flatnonzero(self._place == number).tolist())
                - problem.capacity[kind]
            )
            if (over > 0).any():
                joining.append(int(over.argmax()))
        if joining:
            self._look_at(np.union1d(self._columns, joining))
            self._load = np.zeros_like(self._capacity)
            np.add.at(self._load, self._place, self._demand)
            self._excess = self._excess_of(self._load, np.arange(len(self._kinds)))
        return bool(joining)

    def _turn(self) -> bool:
        """Let one machine in excess make its best move; whether there was one."""
        given = int(self._random.choice(np.flatnonzero(self._excess > 0)))
        members = np.flatnonzero(self._place == given)
        best: tuple[float, int, int, int] = (-1e-9 * float(self._prices[given]), -1, -1, -1)
        for taken in self._random.permutation(len(self._kinds))[:_PARTNERS]:
            if taken != given:
                best = min(best, self._handing(given, int(taken), members))
                best = min(best, self._swapping(given, int(taken), members))
        _, workload, other, place = best
        if workload < 0:
            return False
        self._move(workload, given, place)
        if other >= 0:
            self._move(other, place, given)
        for number in (given, place):
            self._excess[number] = self._excess_of(self._load[number], number)
        return True

    def _move(self, workload: int, before: int, behind: int) -> None:
        self._load[before] -= self._demand[workload]
        self._load[behind] += self._demand[workload]
        self._place[workload] = behind

    def _handing(self, given: int, taken: int, members: Wholes) -> tuple[float, int, int, int]:
        """The best workload to hand over: gain (below 0), workload, -1, and to where."""
        demand = self._demand[members]
        change = (
            self._excess_of(self._load[given] - demand, given)
            + self._excess_of(self._load[taken] + demand, taken)
            - self._excess[given]
            - self._excess[taken]
        )
        change[~self._problem.fits[members, self._kinds[taken]]] = np.inf
        place = int(change.argmin())
        return float(change[place]), int(members[place]), -1, taken

    def _swapping(self, given: int, taken: int, members: Wholes) -> tuple[float, int, int, int]:
        """The best pair to swap: gain (below 0), the one, the other, and with whom."""
        others = np.flatnonzero(self._place == taken)
        if not len(others):
            return np.inf, -1, -1, taken
        ours = self._some(members)
        theirs = self._some(others)
        difference = self._demand[theirs][None] - self._demand[ours][:, None]
        change = (
            self._excess_of(self._load[given] + difference, given)
            + self._excess_of(self._load[taken] - difference, taken)
            - self._excess[given]
            - self._excess[taken]
        )
        fits = self._problem.fits
        able = fits[ours, self._kinds[taken]][:, None] & fits[theirs, self._kinds[given]][None]
        change[~able] = np.inf
        row, column = np.unravel_index(int(change.argmin()), change.shape)
        return float(change[row, column]), int(ours[row]), int(theirs[column]), taken

    def _some(self, members: Wholes) -> Wholes:
        if len(members) <= _MEMBERS:
            return members
        return self._random.choice(members, _MEMBERS, replace=False)
