"""From demand, kinds and rules to a plan with its bound. The one entry of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from workload.planning.bound import dearest_needed
from workload.planning.demand import MILLION, JointDemand, OfferedMachine, PackingRules
from workload.planning.joint_spare import FOR_ALL_KINDS, cheapest_with_spare
from workload.planning.problem import Packing, PackingProblem, faults
from workload.planning.solving import STEPS, Say, SolvedPacking, solve
from workload.planning.spare import moves_after
from workload.planning.stating import NoPlanError, check_each_fits, stated


@dataclass(frozen=True)
class PlannedMachine:
    """A machine to take.

    Attributes:
        name: kind and number.
        kind: of it.
        workloads: names of those on it; none: it is spare.
        peaks: by resource the highest share of what may be used of it, 0 to 1, and the Unix
            seconds of the step; without those whose limit is unknown.
        moves: where its workloads can go when it fails, by name; None: nobody asked.
    """

    name: str
    kind: OfferedMachine
    workloads: tuple[str, ...]
    peaks: dict[str, tuple[float, float]]
    moves: dict[str, str] | None = None


@dataclass(frozen=True)
class MachinePlan:
    """Which machines to take, and which workloads go where.

    Attributes:
        machines: those that carry something first, the dearest first.
        bound: what no plan can cost less than, an hour.
        first_fit: what first-fit-decreasing costs under the same rules, an hour; None: it found
            nothing.
        whole: whether the search ended by itself; if not, time was up.
    """

    machines: tuple[PlannedMachine, ...]
    bound: Decimal
    first_fit: Decimal | None
    whole: bool

    @property
    def cost(self) -> Decimal:
        """Of all machines, an hour."""
        return sum((machine.kind.price for machine in self.machines), Decimal(0))

    @property
    def gap(self) -> float:
        """At most so much dearer than the best possible: 0.04 for 4 %; inf: there is no bound."""
        return float(self.cost / self.bound) - 1 if self.bound > 0 else float("inf")


def make_plan(  # noqa: PLR0913, PLR0917 - what a plan is made of
    demand: JointDemand,
    kinds: Sequence[OfferedMachine],
    rules: PackingRules,
    seconds: float,
    say: Say = lambda _: None,
    steps: int = STEPS,
) -> MachinePlan:
    """Pack all workloads onto the cheapest machines that are found in a time limit.

    Args:
        demand: of all workloads, each at least of one resource that some kind limits.
        kinds: to choose from, at least one.
        rules: to obey.
        seconds: to search.
        say: told how far it is.
        steps: of the search at most; the answer is the same each time where they end it.

    Raises:
        NoPlanError: a workload fits no kind, or nothing was found within the limits.
    """
    problem = stated(demand, kinds, rules)
    check_each_fits(problem, demand, kinds)
    share = FOR_ALL_KINDS if rules.spare else 1.0
    solved = solve(problem, share * seconds, say, steps)
    if solved is None:
        raise NoPlanError(
            "no plan was found with so few machines of each kind: allow more of one of them"
        )
    if rules.spare:
        solved = _with_spare(problem, solved, seconds, say, steps)
    packing, bound, first_fit = solved.packing, solved.bound, solved.first_fit
    wrong = faults(problem, packing)
    assert not wrong, wrong
    names = _names(packing, kinds)
    machines = [
        _machine(problem, demand, kinds, packing, number, names, rules.spare)
        for number in range(len(packing))
    ]
    machines.sort(key=lambda one: (not one.workloads, -one.kind.millionths, one.name))
    return MachinePlan(
        tuple(machines),
        Decimal(bound) / MILLION,
        None if first_fit is None else Decimal(first_fit) / MILLION,
        solved.whole,
    )


def _with_spare(
    problem: PackingProblem, solved: SolvedPacking, seconds: float, say: Say, steps: int
) -> SolvedPacking:
    """The cheapest of what was found, with room for a failure; its bound, and first-fit's cost.

    After the dearest machine of a plan failed, the others carry everything, so they cost at least
    the bound; and the dearest costs at least what the most demanding workload needs.
    """
    found = cheapest_with_spare(problem, solved, seconds, say, steps)
    if found.packing is None:
        raise NoPlanError(
            "no plan was found that has room for a machine's failure with so few machines of each "
            "kind: allow more of one of them"
        )
    bound = solved.bound + dearest_needed(problem)
    return SolvedPacking(found.packing, bound, found.first_fit, found.whole)


def _names(packing: Packing, kinds: Sequence[OfferedMachine]) -> list[str]:
    counts = dict.fromkeys(range(len(kinds)), 0)
    names = []
    for one in packing:
        counts[one.kind] += 1
        names.append(f"{kinds[one.kind].name} #{counts[one.kind]}")
    return names


def _machine(  # noqa: PLR0913, PLR0917 - what a machine's words are made of
    problem: PackingProblem,
    demand: JointDemand,
    kinds: Sequence[OfferedMachine],
    packing: Packing,
    number: int,
    names: Sequence[str],
    spare: bool,
) -> PlannedMachine:
    one = packing[number]
    moves = None
    if spare:
        found = moves_after(problem, packing, number)
        assert found is not None
        moves = {demand.workloads[workload]: names[target] for workload, target in found}
    return PlannedMachine(
        names[number],
        kinds[one.kind],
        tuple(demand.workloads[member] for member in one.members),
        _peaks(demand, kinds[one.kind], one.members),
        moves,
    )


def _peaks(
    demand: JointDemand, kind: OfferedMachine, members: Sequence[int]
) -> dict[str, tuple[float, float]]:
    """The highest joint share of each resource, of what is known, and when."""
    peaks = {}
    for number, resource in enumerate(demand.resources):
        if resource in kind.capacity and members:
            together = np.nansum(demand.amounts[list(members), number], axis=0)
            step = int(together.argmax())
            share = float(together[step]) / kind.capacity[resource]
            peaks[resource] = (share, float(demand.times[step]))
    return peaks
