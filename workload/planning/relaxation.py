"""The plan with workloads cut into pieces, as a linear program: never dearer than the best plan.

Each workload is spread over kinds, and of each kind there are as many machines as its pieces need
together, also fractions: in each column, the sum over all workloads of demand times piece is at
most what all machines of the kind have. HiGHS solves it with few columns; those that its answer
exceeds are added, until none is or time is up. Each round's dual values are a bound (``bound.py``).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import highspy
import numpy as np

from workload.planning.bound import rounded_up
from workload.planning.problem import UNLIMITED, Floats, PackingProblem, Wholes
from workload.planning.solver import silent_solver

_TOLERANCE = 1e-6
_SOLVER_TOLERANCE = 1e-6
# Of a kind, fractions from these on are rounded up; the cheapest fleet is taken.
_ROUNDED_UP = (0.3, 0.6, 1.0)
_MOST_WASTE = 0.5
_APART = 6
# Seconds that a program has in any case.
_LEAST = 2.0


class Relaxation:
    """The linear program of a problem, and its answer so far.

    Args:
        problem: in which each workload fits some kind.

    Attributes:
        machines: of each kind, fractions; shape (kinds,).
        worth: dual value of each workload: what placing it costs, in millionths; (workloads,).
        columns: kind and column of each row that the program has; shape (rows, 2).
        cut_off: whether time was up before an answer was whole.
        column_prices: dual value of each of these rows, as share of a machine's; shape (rows,).
    """

    def __init__(self, problem: PackingProblem) -> None:
        self._problem = problem
        self._solver = silent_solver()
        self._pieces = _pieces(self._solver, problem)
        self._rows: dict[tuple[int, int], int] = {}
        self.cut_off = False
        self.machines = np.zeros(problem.kinds)
        self.worth = np.zeros(problem.workloads)
        self.columns: Wholes = np.zeros((0, 2), dtype=np.int64)
        self.column_prices = np.zeros(0)

    def rounds(self, until: float) -> Iterator[None]:
        """Solve, and add what is exceeded, until nothing is or time is up (monotonic seconds)."""
        for kind, column in self._first():
            self._add(kind, column)
        while True:
            self._solver.setOptionValue(
                "time_limit", self._solver.getRunTime() + max(until - time.monotonic(), _LEAST)
            )
            self._solver.run()
            self._note_time()
            if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return
            self._take()
            yield
            exceeded = self._exceeded()
            if not exceeded:
                return
            if time.monotonic() > until:
                self.cut_off = True
                return
            for kind, column in exceeded:
                self._add(kind, column)

    def whole_bound(self, until: float) -> int:
        """A higher bound, in millionths, by whole numbers of machines; 0: time was up.

        It is the solver's word: less a millionth, for the tolerance by which it calls a number
        whole.
        """
        self._solve_whole(until)
        bound = self._solver.getInfo().mip_dual_bound
        if not np.isfinite(bound) or bound <= 0:
            return 0
        return rounded_up(self._problem, bound * (1 - _SOLVER_TOLERANCE))

    def fleet(self, waste: float, until: float) -> tuple[list[int], Floats] | None:
        """A cheap fleet of whole machines on which such a share of each machine stays unused.

        The share is that of the largest machines. On one that has a quarter of what they have, it
        is twice as much: the fewer workloads share a machine, the less do their peaks even out, and
        that goes by the root of their number.

        Args:
            waste: share of the largest machines.
            until: by the monotonic clock.

        Returns:
            The kind of each machine, and the piece of each workload on each kind, of shape
            (workloads, kinds). None: none was found.
        """
        capacity = self._problem.capacity
        for (kind, column), row in self._rows.items():
            smaller = capacity[:, column].max() / max(capacity[kind, column], 1.0)
            unused = min(waste * math.sqrt(max(smaller, 1.0)), _MOST_WASTE)
            self._solver.changeCoeff(self._problem.workloads + row, kind, unused - 1.0)
        best: tuple[int, list[int], Floats] | None = None
        for least in _ROUNDED_UP:
            counts = self._rounded(least, until)
            if counts is None:
                break
            price = int(counts @ self._problem.prices)
            if best is None or price < best[0]:
                fleet = np.repeat(np.arange(len(counts)), counts).tolist()
                best = price, fleet, self._shares().T
        for kind in range(self._problem.kinds):
            self._limit(kind)
        return None if best is None else best[1:]

    def _rounded(self, least: float, until: float) -> Wholes | None:
        """Whole machines of each kind, the dearest kinds first; None: time was up, or none are.

        Of each kind the fraction is left to the cheaper ones, or rounded up where it is ``least``
        or more. Whole numbers by HiGHS are cheaper by next to nothing, and take seconds.
        """
        problem, solver = self._problem, self._solver
        for kind in range(problem.kinds):
            solver.changeColIntegrality(kind, highspy.HighsVarType.kContinuous)
            self._limit(kind)
        if not self._solved(until):
            return None
        counts = np.zeros(problem.kinds, dtype=np.int64)
        for kind in problem.by_price[::-1]:
            value = float(solver.getSolution().col_value[kind])
            whole = math.floor(value + _TOLERANCE)
            over = value - whole > _TOLERANCE
            counts[kind] = whole + (over and value - whole >= least)
            self._limit(kind, int(counts[kind]))
            if over and not self._solved(until):
                # No cheaper kind holds what is left.
                counts[kind] = whole + 1
                self._limit(kind, whole + 1)
                if counts[kind] > problem.limits[kind] or not self._solved(until):
                    return None
        return counts

    def _limit(self, kind: int, count: int | None = None) -> None:
        """So many machines of a kind; None: as many as there are, and as few as one likes."""
        limit = self._problem.limits[kind]
        most = highspy.kHighsInf if limit == UNLIMITED else float(limit)
        low, high = (0.0, most) if count is None else (float(count), float(count))
        self._solver.changeColBounds(kind, low, high)

    def _solved(self, until: float) -> bool:
        left = max(until - time.monotonic(), 0.1)
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + left)
        self._solver.run()
        self._note_time()
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _solve_whole(self, until: float) -> None:
        for kind in range(self._problem.kinds):
            self._solver.changeColIntegrality(kind, highspy.HighsVarType.kInteger)
        left = max(until - time.monotonic(), 0.1)
        self._solver.setOptionValue("mip_rel_gap", 0.0)
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + left)
        self._solver.run()
        self._note_time()

    def _note_time(self) -> None:
        if self._solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
            self.cut_off = True

    def _first(self) -> set[tuple[int, int]]:
        """For each kind, the columns in which all workloads together, or one of them, ask most."""
        problem = self._problem
        found = set()
        for kind, capacity in enumerate(problem.capacity):
            with np.errstate(divide="ignore", invalid="ignore"):
                together = np.nan_to_num(problem.demand.sum(axis=0) / capacity)
            found |= {(kind, int(column)) for column in _peaks(together, 0.0, 3)}
        return found

    def _exceeded(self) -> list[tuple[int, int]]:
        """The columns, by kind, in which the answer takes more than its machines have."""
        found = []
        for kind, pieces in enumerate(self._shares()):
            load = pieces @ self._problem.demand
            capacity = self._problem.capacity[kind]
            over = load / np.maximum(capacity, 1.0) - self.machines[kind]
            peaks = _peaks(over, _TOLERANCE, 4)
            found += [(kind, j) for j in peaks if (kind, j) not in self._rows]
        return found

    def _shares(self) -> Floats:
        """The piece of each workload on each kind; shape (kinds, workloads)."""
        values = np.asarray(self._solver.getSolution().col_value)
        return np.where(self._pieces >= 0, values[np.maximum(self._pieces, 0)], 0.0).T

    def _add(self, kind: int, column: int) -> None:
        problem = self._problem
        members = np.flatnonzero(self._pieces[:, kind] >= 0)
        shares = problem.demand[members, column] / max(problem.capacity[kind, column], 1.0)
        taken = shares > 0
        where = np.append(self._pieces[members[taken], kind], kind).astype(np.int32)
        self._solver.addRow(
            -highspy.kHighsInf, 0.0, len(where), where, np.append(shares[taken], -1.0)
        )
        self._rows[kind, column] = len(self._rows)

    def _take(self) -> None:
        solution = self._solver.getSolution()
        duals = np.asarray(solution.row_dual)
        self.machines = np.asarray(solution.col_value)[: self._problem.kinds]
        self.worth = np.maximum(duals[: self._problem.workloads], 0.0)
        self.columns = np.array(list(self._rows), dtype=np.int64).reshape(-1, 2)
        self.column_prices = np.maximum(-duals[self._problem.workloads :], 0.0)


def _pieces(solver: highspy.Highs, problem: PackingProblem) -> Wholes:
    """Make variables and "each workload is whole"; the variable of each piece, -1 for none."""
    for price, limit in zip(problem.prices, problem.limits, strict=True):
        solver.addVar(0.0, highspy.kHighsInf if limit == UNLIMITED else float(limit))
        solver.changeColCost(solver.getNumCol() - 1, float(price))
    pieces = np.full(problem.fits.shape, -1, dtype=np.int64)
    for workload, kinds in enumerate(problem.fits):
        for kind in np.flatnonzero(kinds):
            pieces[workload, kind] = solver.getNumCol()
            solver.addVar(0.0, highspy.kHighsInf)
    for row in pieces:
        where = row[row >= 0].astype(np.int32)
        solver.addRow(1.0, highspy.kHighsInf, len(where), where, np.ones(len(where)))
    return pieces


def _peaks(values: Floats, above: float, most: int) -> list[int]:
    """The highest places of a series, not near each other: neighbours say nearly the same."""
    found: list[int] = []
    for place in np.argsort(-values, kind="stable")[: most * 4 * _APART]:
        if values[place] <= above or len(found) == most:
            break
        if all(abs(place - other) >= _APART for other in found):
            found.append(int(place))
    return found
