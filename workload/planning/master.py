"""All machines that a search saw: what their best mix costs, in pieces and whole. By HiGHS.

A workload may be on several chosen machines (it is then taken from all but one), for a machine with
fewer workloads is right, too.
"""

from __future__ import annotations

from collections.abc import Iterable

import highspy
import numpy as np

from workload.planning.problem import (
    UNLIMITED,
    Floats,
    PackedMachine,
    Packing,
    PackingProblem,
    cost,
)
from workload.planning.solver import silent_solver

SeenMachine = tuple[int, tuple[int, ...]]
_MOST_MIXED = 4000


class MachineMix:
    """The linear program that covers all workloads with machines that were seen.

    Args:
        problem: of workloads.

    Attributes:
        cut_off: whether time was up before a mix was surely the cheapest.
    """

    def __init__(self, problem: PackingProblem) -> None:
        self._problem = problem
        self._solver = silent_solver()
        self._seen: dict[SeenMachine, int] = {}
        self.cut_off = False
        _add_rows(self._solver, problem)

    def add(self, machines: Iterable[SeenMachine]) -> int:
        """Take in machines; how many of them are new."""
        before = len(self._seen)
        for machine in machines:
            if machine not in self._seen:
                self._seen[machine] = len(self._seen)
                _add_machine(self._solver, self._problem, machine)
        return len(self._seen) - before

    def worth(self) -> Floats:
        """What placing each workload costs at the margin, in millionths; shape (workloads,)."""
        self._solver.run()
        duals = np.asarray(self._solver.getSolution().row_dual)
        worth: Floats = np.maximum(duals[: self._problem.workloads], 0.0)
        return worth

    def mixed(self, best: Packing, seconds: float) -> Packing | None:
        """The cheapest packing of machines that were seen; None where none cheaper was found."""
        self._solver.run()
        floor = self._solver.getInfo().objective_function_value
        reduced = np.asarray(self._solver.getSolution().col_dual)
        near = np.flatnonzero(reduced <= cost(self._problem, best) - floor)
        near = near[np.argsort(reduced[near], kind="stable")][:_MOST_MIXED]
        machines = list(self._seen)
        listed = [machines[place] for place in near]
        chosen, ended = _chosen(self._problem, listed, best, seconds)
        self.cut_off |= not ended
        return (
            chosen if chosen and cost(self._problem, chosen) < cost(self._problem, best) else None
        )


def _chosen(
    problem: PackingProblem, machines: list[SeenMachine], best: Packing, seconds: float
) -> tuple[Packing | None, bool]:
    """A cover of all workloads by whole machines, in so much time; whether it ended in time."""
    listed = dict.fromkeys([(one.kind, one.members) for one in best] + machines)
    solver = silent_solver()
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_rel_gap", 1e-4)
    _add_rows(solver, problem)
    for machine in listed:
        _add_machine(solver, problem, machine)
        solver.changeColIntegrality(solver.getNumCol() - 1, highspy.HighsVarType.kInteger)
    begin = highspy.HighsSolution()
    begin.col_value = [float(place < len(best)) for place in range(len(listed))]
    solver.setSolution(begin)
    solver.run()
    ended = solver.getModelStatus() != highspy.HighsModelStatus.kTimeLimit
    values = np.asarray(solver.getSolution().col_value)
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, ended
    keys = list(listed)
    chosen = (keys[place] for place in np.flatnonzero(values > 0.5))
    return _without_doubles(chosen), ended


def _without_doubles(machines: Iterable[SeenMachine]) -> Packing:
    placed: set[int] = set()
    packing = []
    for kind, members in machines:
        rest = tuple(member for member in members if member not in placed)
        placed |= set(rest)
        if rest:
            packing.append(PackedMachine(kind, rest))
    return tuple(packing)


def _add_rows(solver: highspy.Highs, problem: PackingProblem) -> None:
    """A row for each workload: on a machine at least; one for each kind: no more than there are."""
    nothing, none = np.array([], dtype=np.int32), np.array([])
    for _ in range(problem.workloads):
        solver.addRow(1.0, highspy.kHighsInf, 0, nothing, none)
    for limit in problem.limits:
        most = highspy.kHighsInf if limit == UNLIMITED else float(limit)
        solver.addRow(-highspy.kHighsInf, most, 0, nothing, none)


def _add_machine(solver: highspy.Highs, problem: PackingProblem, machine: SeenMachine) -> None:
    kind, members = machine
    rows = np.array([*members, problem.workloads + kind], dtype=np.int32)
    price = float(problem.prices[kind])
    solver.addCol(price, 0.0, highspy.kHighsInf, len(rows), rows, np.ones(len(rows)))
