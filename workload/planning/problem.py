"""The packing problem as one matrix: what each workload asks of a machine, column by column.

A column is a resource at a step of time, or a rule: "at most N workloads on a machine" is a
resource of which each workload takes one and each machine has N; "at most one of this group" is one
of which only the group's members take. So all of packing knows one condition: in no column may the
sum over a machine's workloads exceed what the machine has.

All amounts are whole numbers (``WHOLE`` parts of the largest machine's), kept as float64, in which
sums of them are exact in any order: what fits, fits, whoever adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]
Flags = NDArray[np.bool_]

# A billionth of the largest machine. Below 2**53 for up to nine million workloads in one sum.
WHOLE = 1e9
UNLIMITED = np.iinfo(np.int64).max


@dataclass(frozen=True)
class PackingProblem:
    """Workloads, kinds of machine, and what fits.

    Attributes:
        demand: whole numbers as float64, shape (workloads, columns).
        capacity: of one machine of a kind; whole numbers as float64, shape (kinds, columns).
        prices: millionths, above 0; shape (kinds,).
        limits: how many machines of a kind there are at most; ``UNLIMITED``; shape (kinds,).
        allowed: whether a workload may run on a kind at all; shape (workloads, kinds).
        rules: how many of the last columns are rules.
    """

    demand: Floats
    capacity: Floats
    prices: Wholes
    limits: Wholes
    allowed: Flags
    rules: int = 0

    @property
    def workloads(self) -> int:
        """How many there are."""
        return len(self.demand)

    @property
    def kinds(self) -> int:
        """How many kinds of machine there are."""
        return len(self.prices)

    @cached_property
    def fits(self) -> Flags:
        """Whether a workload, alone on a machine of a kind, may run and fits at every step."""
        alone = [(self.demand <= capacity).all(axis=1) for capacity in self.capacity]
        fits: Flags = self.allowed & np.stack(alone, axis=1)
        return fits

    @cached_property
    def by_price(self) -> Wholes:
        """The kinds, the cheapest first."""
        return np.argsort(self.prices, kind="stable")

    def load(self, members: Sequence[int]) -> Floats:
        """What workloads take together, column by column."""
        load: Floats = self.demand[list(members)].sum(axis=0)
        return load

    def holds(self, kind: int, members: Sequence[int]) -> bool:
        """Whether a machine of a kind has room for these workloads in every column."""
        listed = list(members)
        allowed = bool(self.allowed[listed, kind].all())
        return allowed and bool((self.load(listed) <= self.capacity[kind]).all())


@dataclass(frozen=True)
class PackedMachine:
    """A machine of a packing: its kind, and the workloads on it, by their numbers, rising."""

    kind: int
    members: tuple[int, ...]


Packing = tuple[PackedMachine, ...]


def cost(problem: PackingProblem, packing: Sequence[PackedMachine]) -> int:
    """What a packing costs, in millionths; exact."""
    return sum(int(problem.prices[machine.kind]) for machine in packing)


def faults(problem: PackingProblem, packing: Sequence[PackedMachine]) -> list[str]:
    """What is wrong with a packing, looked at anew on all columns; nothing where it is right."""
    found = []
    placed = sorted(member for machine in packing for member in machine.members)
    if placed != list(range(problem.workloads)):
        found.append("not every workload is on one machine")
    for number, machine in enumerate(packing):
        if machine.members and not problem.holds(machine.kind, machine.members):
            found.append(f"machine {number} holds more than it can")
    used = np.bincount([machine.kind for machine in packing], minlength=problem.kinds)
    if (used > problem.limits).any():
        found.append("there are more machines of a kind than there may be")
    return found


def cheapest_kind(problem: PackingProblem, members: Sequence[int], below: int) -> int:
    """The cheapest kind that holds these workloads; ``below`` where none is cheaper than it."""
    load = problem.load(members)
    allowed: Flags = np.all(problem.allowed[list(members)], axis=0)
    for kind in problem.by_price:
        if problem.prices[kind] >= problem.prices[below]:
            break
        able = allowed[kind] and problem.limits[kind] == UNLIMITED
        if able and (load <= problem.capacity[kind]).all():
            return int(kind)
    return below
