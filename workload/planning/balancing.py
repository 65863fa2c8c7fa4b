"""Spreads workloads over a given fleet so that no machine is asked for more than it has.

From any assignment on: a machine that is asked for too much hands a workload to another one, or
swaps one with it, whichever takes most off the excess of both; until nothing is in excess. The
excess of a machine is the sum over its columns of the square of how far each is above what it has:
a smooth measure, by which a move that lowers one of many peaks counts. (By the highest peak alone
most moves change nothing, and it stays stuck.) At first moves that add a little are taken, too, and
the less the later: simulated annealing (Kirkpatrick, Gelatt and Vecchi, *Science* 1983). Such moves
see all machines at once, which filling them one after the other does not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workload.planning.filling import ColumnView
from workload.planning.problem import Floats, PackedMachine, PackingProblem, Wholes

Shares = NDArray[np.float32]

# The most workloads of a machine that are tried in one turn, each with each of the other's.
_MEMBERS = 32
# What may be added at first, as a square of shares (one column that is 6 % above), and by how much
# less it is at the end. Found on fleets of 10 and of 20 workloads a machine.
HEAT = 4e-3
_COOLING = 1e-5
# Of a machine, how many of the columns in which it is in excess join at once.
_JOINING = 5
# How often all columns are looked at in a run.
_LOOKS = 40


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
        self._place = np.full(problem.workloads, -1, dtype=np.int64)
        self._look_at(np.unique(columns))
        self._settle(wishes)

    @property
    def columns(self) -> Wholes:
        """The columns that matter by now."""
        return self._columns

    @property
    def fleet(self) -> list[int]:
        """The kind of each machine."""
        return [int(kind) for kind in self._kinds]

    def enough(self, kinds: Sequence[int]) -> list[int]:
        """Those of some kinds of which one machine has room for all that is in excess."""
        over = np.maximum(self._load - self._capacity, 0.0).sum(axis=0)
        capacity = self._problem.capacity[:, self._columns]
        return [kind for kind in kinds if (capacity[kind] >= over).all()]

    def widen(self, kind: int) -> None:
        """An empty machine more."""
        self._kinds = np.append(self._kinds, kind)
        self._look_at(self._columns)

    def run(self, turns: int, until: float, heat: float = HEAT) -> bool:
        """Move workloads; whether nothing is in excess any more, in any column."""
        look = max(turns // _LOOKS, 1)
        for turn in range(turns):
            if turn % look == 0 and turn < turns // 2:
                # Early, while it is hot: what joins at the end finds everything frozen.
                self._joined(1)
            if not self._excess.any() and not self._joined(_JOINING):
                return True
            if time.monotonic() > until or len(self._kinds) == 1:
                return False
            self._turn(heat * _COOLING ** (turn / turns))
        return not self._excess.any() and not self._joined(_JOINING)

    def relieved(self) -> tuple[list[PackedMachine], list[int]]:
        """The machines without what is too much on them, and the workloads that were taken off."""
        problem = self._problem
        machines, loose = [], []
        for number, kind in enumerate(self._kinds):
            placed = np.flatnonzero(self._place == number)
            members = placed[problem.fits[placed, kind]].tolist()
            loose += placed[~problem.fits[placed, kind]].tolist()
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
        """Let these columns matter, and work out anew what is in excess in them."""
        self._columns = columns
        view = ColumnView.of(self._problem, columns)
        self._demand, capacity = view.demand, view.capacity
        self._quick = self._demand.astype(np.float32)
        self._capacity = capacity[self._kinds]
        self._share = 1.0 / np.maximum(self._capacity, 1.0)
        self._load = np.zeros_like(self._capacity)
        placed = np.flatnonzero(self._place >= 0)
        np.add.at(self._load, self._place[placed], self._demand[placed])
        self._weigh(slice(None))

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
        self._weigh(slice(None))

    def _weigh(self, machines: slice | list[int]) -> None:
        """Work out the excess of machines: exactly 0 where there is none."""
        if machines == slice(None):
            self._excess = np.zeros(len(self._kinds))
        over = np.maximum(self._load[machines] - self._capacity[machines], 0.0)
        self._excess[machines] = ((over * self._share[machines]) ** 2).sum(axis=1)

    def _joined(self, most: int) -> bool:
        """Whether columns are in excess that were not looked at; the highest of each now are."""
        problem = self._problem
        joining: list[Wholes] = []
        for number, kind in enumerate(self._kinds):
            members = np.flatnonzero(self._place == number).tolist()
            over = problem.load(members) - problem.capacity[kind]
            highest = np.argsort(-over, kind="stable")[:most]
            joining.append(highest[over[highest] > 0])
        columns = np.union1d(self._columns, np.concatenate(joining))
        if len(columns) == len(self._columns):
            return False
        self._look_at(columns)
        return True

    def _turn(self, heat: float) -> None:
        """Let one machine in excess make its best move with another one, if it is good enough."""
        given = int(self._random.choice(np.flatnonzero(self._excess)))
        taken = int(self._random.integers(len(self._kinds) - 1))
        taken += taken >= given
        ours = self._some(np.flatnonzero(self._place == given))
        theirs = self._some(np.flatnonzero(self._place == taken))
        excess = self._excess_after(given, taken, ours, theirs)
        row, column = np.unravel_index(int(excess.argmin()), excess.shape)
        change = float(excess[row, column] - self._excess[given] - self._excess[taken])
        if not math.isfinite(change):
            return
        if change >= 0 and self._random.random() >= math.exp(-change / max(heat, 1e-300)):
            return
        self._move(int(ours[row]), given, taken)
        if column < len(theirs):
            self._move(int(theirs[column]), taken, given)
        self._weigh([given, taken])

    def _move(self, workload: int, before: int, behind: int) -> None:
        self._load[before] -= self._demand[workload]
        self._load[behind] += self._demand[workload]
        self._place[workload] = behind

    def _excess_after(self, given: int, taken: int, ours: Wholes, theirs: Wholes) -> Floats:
        """The excess of both after each of ours is swapped with each of theirs, or with nothing.

        Returns:
            Shape (ours, theirs + 1); the last column is without a swap; inf: not allowed.
        """
        back = np.zeros((len(theirs) + 1, len(self._columns)), dtype=np.float32)
        back[:-1] = self._quick[theirs]
        moved = self._quick[ours][:, None] - back[None]
        fits = self._problem.fits
        able = np.append(fits[theirs, self._kinds[given]], True)[None]
        able = able & fits[ours, self._kinds[taken]][:, None]
        excess = self._excess_with(given, -moved) + self._excess_with(taken, moved)
        return np.where(able, excess, np.inf)

    def _excess_with(self, machine: int, more: Shares) -> Floats:
        """The excess of a machine with more on it, in single precision: for choices alone."""
        over = more
        over *= self._share[machine].astype(np.float32)
        over += ((self._load[machine] - self._capacity[machine]) * self._share[machine]).astype(
            np.float32
        )
        np.maximum(over, 0.0, out=over)
        excess: Floats = np.einsum("ijc,ijc->ij", over, over).astype(np.float64)
        return excess

    def _some(self, members: Wholes) -> Wholes:
        if len(members) <= _MEMBERS:
            return members
        return self._random.choice(members, _MEMBERS, replace=False)
