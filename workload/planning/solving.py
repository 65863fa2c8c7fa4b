"""Solves a packing problem in a time limit: a packing that is right, and a bound that is proven."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perfanalysis.progress import ProgressPace
from workload.planning.balancing import HEAT, FleetBalancing
from workload.planning.bound import proven_bound
from workload.planning.first_fit import first_fit_decreasing
from workload.planning.master import MachineMix
from workload.planning.problem import Floats, Packing, PackingProblem, Wholes, cost, faults
from workload.planning.relaxation import Relaxation
from workload.planning.search import PackingSearch

# Of the time limit: how long the bound is worked on, and when machines are mixed.
_FOR_BOUND = 0.2
_MIX_AT = 0.9
_WORTH_EVERY = 60
# Fleets: how long, how many, the share that the first leaves unused, and how the steps shrink.
_FOR_FLEETS = 0.75
_FOR_ONE_FLEET = 0.2
_FLEETS = 12
_FIRST_WASTE = 0.04
_CLOSER = 0.6
# Turns of one fleet: for each pair of its machines, and at most.
_TURNS, _MOST_TURNS = 40, 40_000
# How hot a fleet is once more when a machine was added, as a share.
_REHEATED = 0.03
_NOTHING = 2e-6
STEPS = 20_000
# Steps without any gain after which a search ends.
_PATIENCE = 3000


@dataclass(frozen=True)
class SolvedPacking:
    """An answer.

    Attributes:
        packing: held against all columns.
        bound: what no packing can be cheaper than, in millionths.
        first_fit: what first-fit-decreasing costs, in millionths; None: it found nothing.
        whole: whether the search ended by itself, not by the time limit: it then is the same each
            time.
    """

    packing: Packing
    bound: int
    first_fit: int | None
    whole: bool


@dataclass(frozen=True)
class PackingProgress:
    """How far it is: the cheapest so far and the bound, in millionths; ``done`` 0 to 1."""

    done: float
    cost: int
    bound: int


Say = Callable[[PackingProgress], None]


def solve(
    problem: PackingProblem, seconds: float, say: Say, steps: int = STEPS
) -> SolvedPacking | None:
    """Pack all workloads; None where no packing within the limits was found.

    Args:
        problem: in which each workload fits some kind.
        seconds: for all of it; what is begun is ended, so that a little more may be taken.
        say: told how far it is.
        steps: of the search, at most.
    """
    began = time.monotonic()
    starts = first_fit_decreasing(problem)
    if not starts:
        return None
    return _Solving(problem, starts, began, seconds, say).run(steps)


class _Solving:
    """One run: first the bound, then the search, with mixes in between."""

    def __init__(
        self,
        problem: PackingProblem,
        starts: list[Packing],
        began: float,
        seconds: float,
        say: Say,
    ) -> None:
        self._problem = problem
        self._starts = starts
        self._began, self._seconds = began, seconds
        self._say = say
        self._bound = 0
        self._cut_off = False
        self._relaxation = Relaxation(problem)

    def run(self, steps: int) -> SolvedPacking:
        first_fit = cost(self._problem, self._starts[0])
        self._find_bound(first_fit)
        search = PackingSearch(
            self._problem, self._starts[0], self._relaxation.worth, self._columns()
        )
        self._try_fleets(search, steps)
        whole = self._search(search, steps) and not self._cut_off
        wrong = faults(self._problem, search.best)
        assert not wrong, wrong
        return SolvedPacking(search.best, self._bound, first_fit, whole)

    def _find_bound(self, cheapest: int) -> None:
        until = time.monotonic() + _FOR_BOUND * self._seconds
        relaxation = self._relaxation
        for _ in relaxation.rounds(until):
            bound = proven_bound(self._problem, relaxation.columns, relaxation.column_prices)
            self._bound = max(self._bound, bound)
            self._say(PackingProgress(self._done(), cheapest, self._bound))
        if self._bound < cheapest:
            self._bound = max(self._bound, relaxation.whole_bound(until))

    def _try_fleets(self, search: PackingSearch, steps: int) -> None:
        """Balance workloads over fleets that are tighter where that came out, wider where not."""
        random = np.random.default_rng(1)
        until = self._began + _FOR_FLEETS * self._seconds
        waste, change = _FIRST_WASTE, _FIRST_WASTE / 2
        for _ in range(min(_FLEETS, steps)):
            if self._proven(search):
                break
            if time.monotonic() > until:
                self._cut_off = True
                break
            found = self._relaxation.fleet(waste, min(until, time.monotonic() + self._seconds / 12))
            came_out = False
            if found is not None:
                ends = min(until, time.monotonic() + _FOR_ONE_FLEET * self._seconds)
                came_out = self._balance(search, *found, random, ends)
            waste = max(waste - change, 0.0) if came_out else waste + change
            change *= _CLOSER
        self._cut_off |= self._relaxation.cut_off

    def _balance(
        self,
        search: PackingSearch,
        fleet: list[int],
        wishes: Floats,
        random: np.random.Generator,
        until: float,
    ) -> bool:
        """Try a fleet; whether it holds all workloads, or would be no gain.

        Where it does not, machines are added for what is missing, one by one.
        """
        prices = self._problem.prices
        if int(prices[fleet].sum()) >= search.best_cost:
            return True
        columns = np.concatenate([self._relaxation.columns[:, 1], self._rules()])
        balancing = FleetBalancing(self._problem, fleet, wishes, columns, random)
        turns = min(_MOST_TURNS, _TURNS * len(fleet) * len(fleet) // 2)
        came_out = holds = balancing.run(turns, until)
        while not holds and time.monotonic() < until:
            kind = self._added(balancing)
            if kind is None or prices[balancing.fleet].sum() + prices[kind] >= search.best_cost:
                break
            balancing.widen(kind)
            holds = balancing.run(turns // 3, until, HEAT * _REHEATED)
        self._cut_off |= time.monotonic() > until
        packing = search.completed(*balancing.relieved())
        search.look_at(balancing.columns)
        if packing is not None and cost(self._problem, packing) < search.best_cost:
            search.begin_from(packing)
        self._say(PackingProgress(self._done(), search.best_cost, self._bound))
        return came_out

    def _added(self, balancing: FleetBalancing) -> int | None:
        """The kind of a machine more: the cheapest with room for what is missing; else the dearest.

        None: there is none.
        """
        problem = self._problem
        used = np.bincount(balancing.fleet, minlength=problem.kinds)
        able = [
            int(kind)
            for kind in problem.by_price
            if used[kind] < problem.limits[kind] and problem.fits[:, kind].any()
        ]
        return next(iter(balancing.enough(able) or able[::-1]), None)

    def _columns(self) -> Wholes:
        """What matters to the search from its beginning: where the bound and single peaks are."""
        peaks = self._problem.demand.argmax(axis=1)
        return np.concatenate([self._relaxation.columns[:, 1], peaks, self._rules()])

    def _rules(self) -> Wholes:
        columns = self._problem.demand.shape[1]
        return np.arange(columns - self._problem.rules, columns)

    def _search(self, search: PackingSearch, steps: int) -> bool:
        """Improve; whether it ended before the time did."""
        mix = MachineMix(self._problem)
        for packing in self._starts:
            mix.add((one.kind, one.members) for one in packing)
        pace = ProgressPace(1.0, at_once=True)
        gained, mixed = 0, False
        for step in range(steps):
            if step - gained > _PATIENCE:
                return True
            if self._proven(search):
                return True
            done = self._done()
            if done >= 1:
                return False
            if step % _WORTH_EVERY == 0:
                self._weigh(search, mix)
            idle = (step - gained) / _PATIENCE
            if not mixed and max(done, idle) > _MIX_AT:
                mixed = True
                self._cut_off |= idle <= _MIX_AT
                if self._mix(search, mix):
                    gained = step
            if search.step(1 - step / steps):
                gained = step
            if pace.due():
                self._say(PackingProgress(done, search.best_cost, self._bound))
        return True

    def _weigh(self, search: PackingSearch, mix: MachineMix) -> None:
        """Learn what placing each workload costs, from machines that were seen and new ones."""
        mix.add(search.seen)
        search.worth = mix.worth()
        made = ((kind, search.machine(kind, 0.1)) for kind in range(self._problem.kinds))
        if mix.add((kind, members) for kind, members in made if members):
            search.worth = mix.worth()

    def _mix(self, search: PackingSearch, mix: MachineMix) -> bool:
        """Take the cheapest mix of machines that were seen; whether it is cheaper."""
        mix.add(search.seen)
        seconds = max(0.12 * self._seconds, 0.5)
        packing = mix.mixed(search.best, seconds)
        self._cut_off |= mix.cut_off
        if packing is not None:
            search.begin_from(packing)
        return packing is not None

    def _proven(self, search: PackingSearch) -> bool:
        """Whether there is nothing left to gain but what the solver's tolerance leaves open."""
        return search.best_cost <= self._bound * (1 + _NOTHING)

    def _done(self) -> float:
        return min((time.monotonic() - self._began) / self._seconds, 1.0)
