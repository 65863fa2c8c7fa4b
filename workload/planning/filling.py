"""Fills one new machine with workloads, for the most worth per price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workload.planning.problem import Floats, PackingProblem, Wholes

# What is left of a column counts as no less than this share of it, so that weights stay finite.
_LEAST_LEFT = 0.02


@dataclass(frozen=True)
class ColumnView:
    """The columns of a problem that matter in a search: those in which machines get full.

    Attributes:
        demand: of each workload, shape (workloads, columns that matter).
        capacity: of each kind, shape (kinds, columns that matter).
    """

    demand: Floats
    capacity: Floats

    @classmethod
    def of(cls, problem: PackingProblem, columns: Wholes) -> ColumnView:
        """The view of these columns."""
        return cls(
            np.ascontiguousarray(problem.demand[:, columns]),
            np.ascontiguousarray(problem.capacity[:, columns]),
        )


@dataclass(frozen=True)
class FilledMachine:
    """A machine in a search: what it takes in the columns that matter; ``worth`` in millionths."""

    kind: int
    members: tuple[int, ...]
    load: Floats
    worth: float


def filled(
    view: ColumnView, kind: int, candidates: Wholes, worth: Floats, sharpness: float
) -> FilledMachine:
    """Put workloads onto a machine until none more fits.

    The next is the one of most worth for what it takes, in which a column weighs the more the less
    is left of it (by the power ``sharpness``).

    Args:
        view: of the problem.
        kind: of the machine.
        candidates: workloads that may run on it.
        worth: of each candidate.
        sharpness: 0 for columns that weigh alike.
    """
    capacity = view.capacity[kind]
    share = 1.0 / np.maximum(capacity, 1.0)
    room = capacity.copy()
    open_ = np.arange(len(candidates))
    demand = view.demand[candidates]
    members: list[int] = []
    total = 0.0
    while len(open_):
        weights = share / np.maximum(room * share, _LEAST_LEFT) ** sharpness
        value = worth[open_] / (demand[open_] @ weights + 1e-300)
        order = np.argsort(-value, kind="stable")
        for place, index in enumerate(open_[order]):
            if (demand[index] <= room).all():
                room -= demand[index]
                members.append(int(candidates[index]))
                total += float(worth[index])
                open_ = np.sort(open_[order[place + 1 :]])
                break
        else:
            break
    return FilledMachine(kind, tuple(members), capacity - room, total)
