"""How near the target came to the recording, resource by resource. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from workload.replaying.load import ResourceTick

PERCENTILE = 95
# Of a target; what is rounded is no reason to call a tick unreachable.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class ResourceAccuracy:
    """How one resource followed; errors are actual less target, in its unit, over reachable ticks.

    Attributes:
        resource: its name.
        ticks: that were compared.
        mean_target, mean_actual: of these.
        mean_absolute_error, bias, p95_error: the last of them of absolute errors.
        correlation: Pearson's; None: target or actual is always the same, or there are too few.
        relative_error: the sum of what was done against that of what was wanted, less 1; None:
            nothing was wanted.
        unreachable: ticks that needed more than this target has.
        most_needed: of these, in the resource's unit; None: there were none.
        most_possible: in that tick.
    """

    resource: str
    ticks: int
    mean_target: float | None
    mean_actual: float | None
    mean_absolute_error: float | None
    bias: float | None
    p95_error: float | None
    correlation: float | None
    relative_error: float | None
    unreachable: int
    most_needed: float | None = None
    most_possible: float | None = None


@dataclass
class ReplayScore:
    """Gathers ticks while a replay goes on."""

    ticks: dict[str, list[ResourceTick]] = field(default_factory=dict)

    def add(self, found: Iterable[ResourceTick]) -> None:
        """Take in what became of one tick; what the recording does not know is left out."""
        for one in found:
            if not math.isnan(one.target) and not math.isnan(one.actual):
                self.ticks.setdefault(one.resource, []).append(one)

    def accuracies(self) -> list[ResourceAccuracy]:
        """Of each resource, in the order in which they came."""
        return [accuracy(resource, ticks) for resource, ticks in self.ticks.items()]


def is_reachable(tick: ResourceTick) -> bool:
    """Whether the target has what the tick needs."""
    return tick.target <= tick.limit * (1 + TOLERANCE)


def accuracy(resource: str, ticks: list[ResourceTick]) -> ResourceAccuracy:
    """How one resource followed."""
    reached = [tick for tick in ticks if is_reachable(tick)]
    beyond = [tick for tick in ticks if not is_reachable(tick)]
    most = max(beyond, key=lambda tick: tick.target, default=None)
    needed = None if most is None else most.target
    possible = None if most is None else most.limit
    if not reached:
        nothing = (None,) * 7
        return ResourceAccuracy(resource, 0, *nothing, len(beyond), needed, possible)
    target = np.array([tick.target for tick in reached])
    actual = np.array([tick.actual for tick in reached])
    error = actual - target
    return ResourceAccuracy(
        resource=resource,
        ticks=len(reached),
        mean_target=float(target.mean()),
        mean_actual=float(actual.mean()),
        mean_absolute_error=float(np.abs(error).mean()),
        bias=float(error.mean()),
        p95_error=float(np.percentile(np.abs(error), PERCENTILE)),
        correlation=correlation(target, actual),
        relative_error=float(actual.sum() / target.sum() - 1) if target.sum() > 0 else None,
        unreachable=len(beyond),
        most_needed=needed,
        most_possible=possible,
    )


def correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Pearson's, -1 to 1; None where it does not exist."""
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])
