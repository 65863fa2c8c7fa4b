"""The plan with workloads cut into pieces, as a linear program: never dearer than the best plan.

Each workload is spread over kinds, and of each kind there are as many machines as its pieces need
together, also fractions: in each column, the sum over all workloads of demand times piece is at
most what all machines of the kind have. HiGHS solves it with few columns; those that its answer
exceeds are added, until none is or time is up. Each round's dual values are a bound (``bound.py``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import highspy
import numpy as np

from workload.planning.bound import rounded_up
from workload.planning.problem import UNLIMITED, Floats, PackingProblem, Wholes
from workload.planning.solver import silent_solver

_TOLERANCE = 1e-6
_SOLVER_TOLERANCE = 1e-6
_FLEET_GAP = 0.005
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
        self._solve_whole(0.0, until)
        bound = self._solver.getInfo().mip_dual_bound
        if not np.isfinite(bound) or bound <= 0:
            return 0
        return rounded_up(self._problem, bound * (1 - _SOLVER_TOLERANCE))

    def fleet(self, waste: float, until: float) -> tuple[list[int], Floats] | None:
        """A cheap fleet of whole machines on which such a share of each machine stays unused.

        Returns:
            The kind of each machine, and the piece of each workload on each kind, of shape
            (workloads, kinds). None: none was found.
        """
        for (kind, _), row in self._rows.items():
            self._solver.changeCoeff(self._problem.workloads + row, kind, waste - 1.0)
        self._solve_whole(_FLEET_GAP, until)
        status = self._solver.getInfo().primal_solution_status
        if status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        values = np.asarray(self._solver.getSolution().col_value)[: self._problem.kinds]
        counts = np.rint(values).astype(np.int64)
        fleet = [kind for kind, count in enumerate(counts) for _ in range(count)]
        return fleet, self._shares().T

    def _solve_whole(self, gap: float, until: float) -> None:
        for kind in range(self._problem.kinds):
            self._solver.changeColIntegrality(kind, highspy.HighsVarType.kInteger)
        left = max(until - time.monotonic(), 0.1)
        self._solver.setOptionValue("mip_rel_gap", gap)
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
