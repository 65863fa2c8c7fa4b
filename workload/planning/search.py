"""Makes a packing cheaper: takes a few machines away and packs their workloads anew, over and over.

Looked at are the columns in which machines got full so far. A packing that is taken is held against
all columns; where it asks too much, those columns join, and it is not taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workload.planning.filling import ColumnView, FilledMachine, filled
from workload.planning.problem import (
    Floats,
    PackedMachine,
    Packing,
    PackingProblem,
    Wholes,
    cheapest_kind,
    cost,
)

_SHARPNESS = (0.5, 1.0, 2.0, 4.0)
_NOISE = (0.0, 0.1, 0.2, 0.4)
_MOST_REMOVED = 5
# How much dearer than the best a packing may be from which the search goes on, at its beginning.
_SLACK = 0.004


class PackingSearch:
    """A search from a packing on; its steps are the same each time.

    Args:
        problem: of workloads that each fit some kind.
        packing: right, to begin from.
        worth: of each workload, in millionths: what placing it costs.
        columns: that matter from the beginning.
        seed: of its random numbers.

    Attributes:
        best: the cheapest packing so far, right in all columns.
        worth: may be set anew at any time.
        seen: machines that were part of a packing, as (kind, members).
    """

    def __init__(
        self,
        problem: PackingProblem,
        packing: Packing,
        worth: Floats,
        columns: Wholes,
        seed: int = 1,
    ) -> None:
        self._problem = problem
        self._random = np.random.default_rng(seed)
        self._columns = np.unique(columns)
        self._view = ColumnView.of(problem, self._columns)
        self.worth = worth
        self.seen: dict[tuple[int, tuple[int, ...]], None] = {}
        self.begin_from(packing)
        self.best = packing

    def begin_from(self, packing: Packing) -> None:
        """Go on from another packing, which is right in all columns."""
        self._now = list(packing)
        if not hasattr(self, "best") or cost(self._problem, packing) < self.best_cost:
            self.best = packing
        self.seen |= dict.fromkeys((one.kind, one.members) for one in packing)

    @property
    def best_cost(self) -> int:
        """Of the best packing, in millionths."""
        return cost(self._problem, self.best)

    @property
    def columns(self) -> Wholes:
        """The columns that matter by now."""
        return self._columns

    def look_at(self, columns: Wholes) -> None:
        """Let further columns matter."""
        self._columns = np.union1d(self._columns, columns)
        self._view = ColumnView.of(self._problem, self._columns)

    def step(self, heat: float) -> bool:
        """Try one change; ``heat`` falls from 1 to 0. Whether the best packing became cheaper."""
        removed = self._chosen()
        kept = [one for number, one in enumerate(self._now) if number not in removed]
        loose = [w for number in sorted(removed) for w in self._now[number].members]
        kept, left = self._inserted(kept, loose)
        budget = self.best_cost * (1 + _SLACK * heat) - cost(self._problem, kept)
        fresh = self._packed(left, kept, budget)
        if fresh is None:
            return False
        tried = [*kept, *fresh]
        if not self._right(tried):
            return False
        self._now = tried
        self.seen |= dict.fromkeys((one.kind, one.members) for one in tried)
        if cost(self._problem, tried) < self.best_cost:
            self.best = tuple(tried)
            return True
        return False

    def machine(self, kind: int, noise: float) -> tuple[int, ...] | None:
        """A machine filled from all workloads, for their worth; None where it is not right."""
        problem = self._problem
        candidates = np.flatnonzero(problem.fits[:, kind] & (self.worth > 0))
        worth = self.worth[candidates] * np.exp(noise * self._random.normal(size=len(candidates)))
        made = filled(self._view, kind, candidates, worth, self._random.choice(_SHARPNESS))
        members = tuple(sorted(made.members))
        return members if members and self._right([PackedMachine(kind, members)]) else None

    def completed(self, machines: list[PackedMachine], loose: list[int]) -> Packing | None:
        """A packing of machines that are right, and of workloads that have none yet."""
        kept, left = self._inserted(machines, loose)
        fresh = self._packed(left, kept, float("inf"))
        if fresh is None:
            return None
        tried = (*kept, *fresh)
        return tried if self._right(tried) else None

    def _chosen(self) -> set[int]:
        """Machines to take away, more often those on which little worth is for their price."""
        prices = self._problem.prices
        value = np.array(
            [self.worth[list(one.members)].sum() / prices[one.kind] for one in self._now]
        )
        chance = np.exp(-4.0 * (value - value.min()) / (np.ptp(value) + 1e-12)) + 0.1
        count = min(int(self._random.integers(1, _MOST_REMOVED)), len(self._now))
        picked = self._random.choice(len(self._now), count, replace=False, p=chance / chance.sum())
        return {int(number) for number in picked}

    def _inserted(
        self, kept: list[PackedMachine], loose: list[int]
    ) -> tuple[list[PackedMachine], list[int]]:
        """Put workloads into what is free on the machines that stay; and those left over."""
        if not kept or self._random.random() < 0.2:
            return kept, loose
        view = self._view
        kinds = [one.kind for one in kept]
        members = [list(one.members) for one in kept]
        room = np.array(
            [view.capacity[one.kind] - view.demand[list(one.members)].sum(axis=0) for one in kept]
        )
        noise = np.exp(0.3 * self._random.normal(size=len(loose)))
        left = []
        for index in np.argsort(-self.worth[loose] * noise, kind="stable"):
            workload = loose[index]
            places = np.flatnonzero(
                (room >= view.demand[workload]).all(axis=1) & self._problem.allowed[workload, kinds]
            )
            if not len(places):
                left.append(workload)
                continue
            place = int(self._random.choice(places))
            room[place] -= view.demand[workload]
            members[place].append(workload)
        put = [
            PackedMachine(one.kind, tuple(sorted(place)))
            for one, place in zip(kept, members, strict=True)
        ]
        return put, left

    def _packed(
        self, left: list[int], kept: Sequence[PackedMachine], budget: float
    ) -> list[PackedMachine] | None:
        """Pack workloads onto new machines, each time the one of most worth per price.

        None where that costs more than the budget, or limits leave no machine.
        """
        problem = self._problem
        used = np.bincount([one.kind for one in kept], minlength=problem.kinds)
        rest = np.array(left, dtype=np.int64)
        noise = np.exp(self._random.choice(_NOISE) * self._random.normal(size=problem.workloads))
        made: list[PackedMachine] = []
        while len(rest):
            best = self._best_machine(rest, self.worth * noise, problem.limits - used)
            if best is None:
                return None
            members = tuple(sorted(best.members))
            kind = cheapest_kind(problem, members, best.kind)
            budget -= int(problem.prices[kind])
            if budget < 0:
                return None
            used[kind] += 1
            made.append(PackedMachine(kind, members))
            rest = rest[~np.isin(rest, members)]
        return made

    def _best_machine(self, rest: Wholes, worth: Floats, left: Wholes) -> FilledMachine | None:
        problem = self._problem
        best, best_value = None, -1.0
        sharpness = self._random.choice(_SHARPNESS)
        for kind in np.flatnonzero(left > 0):
            candidates = rest[problem.fits[rest, kind]]
            if not len(candidates):
                continue
            if worth[candidates].sum() <= best_value * problem.prices[kind]:
                continue
            one = filled(self._view, int(kind), candidates, worth[candidates], sharpness)
            value = one.worth / problem.prices[kind]
            if one.members and value > best_value:
                best, best_value = one, value
        return best

    def _right(self, machines: Sequence[PackedMachine]) -> bool:
        """Whether machines have room in all columns; columns in which they have not, join."""
        problem = self._problem
        joining: list[int] = []
        for one in machines:
            if (one.kind, one.members) in self.seen:
                continue
            over = problem.load(one.members) - problem.capacity[one.kind]
            if (over > 0).any():
                joining.append(int(over.argmax()))
        if joining:
            self.look_at(np.array(joining, dtype=np.int64))
        return not joining
