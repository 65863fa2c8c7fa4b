"""From demand, kinds and rules to the packing problem, and what keeps it from having an answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perfanalysis.errors import PerfAnalysisError
from workload.planning.demand import JointDemand, OfferedMachine, PackingRules
from workload.planning.problem import UNLIMITED, WHOLE, Floats, PackingProblem


class NoPlanError(PerfAnalysisError):
    """There is no plan, or none was found; the text says why."""


def stated(
    demand: JointDemand, kinds: Sequence[OfferedMachine], rules: PackingRules
) -> PackingProblem:
    """The problem; each column is a resource at a step, the last ones are rules.

    A step of which nothing is known of a workload counts as its highest known one: that is no less
    than what was seen anywhere. A resource of which nothing at all is known counts as not used.
    """
    columns, capacities = [], []
    for number, resource in enumerate(demand.resources):
        amounts = _known(demand.amounts[:, number])
        limits = np.array([kind.capacity.get(resource, np.inf) for kind in kinds])
        if not np.isfinite(limits).any():
            continue
        whole = WHOLE / max(limits[np.isfinite(limits)].max(), 1e-300)
        asked = np.rint(amounts * whole)
        enough = asked.sum(axis=0).max()
        columns.append(asked)
        capacity = np.rint(np.where(np.isfinite(limits), limits * whole, enough))
        capacities.append(np.repeat(capacity[:, None], asked.shape[1], axis=1))
    ruled, allowance = _rules(demand, rules)
    return PackingProblem(
        np.concatenate([*columns, ruled], axis=1),
        np.concatenate([*capacities, np.repeat(allowance[None], len(kinds), axis=0)], axis=1),
        np.array([kind.millionths for kind in kinds], dtype=np.int64),
        np.array([UNLIMITED if kind.most is None else kind.most for kind in kinds]),
        np.array([[name not in kind.unfit for kind in kinds] for name in demand.workloads]),
        len(allowance),
    )


def check_each_fits(
    problem: PackingProblem, demand: JointDemand, kinds: Sequence[OfferedMachine]
) -> None:
    """Whether each workload fits some kind by itself.

    Raises:
        NoPlanError: one does not; with what it asks and the most that there is.
    """
    alone = problem.fits & (problem.limits > 0)
    for number in np.flatnonzero(~alone.any(axis=1)):
        name = demand.workloads[number]
        if not problem.allowed[number].any():
            raise NoPlanError(f"{name}: no candidate may run it: all are of another architecture")
        raise NoPlanError(f"{name}: fits no candidate: {_lacking(demand, int(number), kinds)}")


def _known(amounts: Floats) -> Floats:
    """Unknown steps as the highest known one of the workload; shape (workloads, steps)."""
    highest = np.max(amounts, axis=1, initial=0.0, where=np.isfinite(amounts))
    return np.where(np.isfinite(amounts), amounts, highest[:, None])


def _rules(demand: JointDemand, rules: PackingRules) -> tuple[Floats, Floats]:
    """What each workload takes of each rule, and what a machine has of it."""
    taken = [
        np.array([float(name in group.workloads) for name in demand.workloads])
        for group in rules.groups
    ]
    allowance = [float(group.most) for group in rules.groups]
    if rules.most_per_machine is not None:
        taken.append(np.ones(len(demand.workloads)))
        allowance.append(float(rules.most_per_machine))
    shape = (len(demand.workloads), len(taken))
    return np.stack(taken, axis=1) if taken else np.zeros(shape), np.array(allowance)


def _lacking(demand: JointDemand, number: int, kinds: Sequence[OfferedMachine]) -> str:
    """What a workload asks more of than each kind that it may run on has."""
    peaks = dict(zip(demand.resources, _known(demand.amounts[number]).max(axis=1), strict=True))
    most = {
        name: max((kind.capacity[name] for kind in kinds if name in kind.capacity), default=np.inf)
        for name in peaks
    }
    over = [
        f"{name} {peaks[name]:.6g}, at most {most[name]:.6g}"
        for name in peaks
        if peaks[name] > most[name]
    ]
    return "; ".join(over) or "none has enough of everything that it asks"
