"""What is packed, and onto what: joint demand over time, kinds of machine, and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from workload.planning.problem import Floats

MILLION = 1_000_000


@dataclass(frozen=True)
class JointDemand:
    """What each workload asks of each resource at each step.

    Amounts of a resource add up: work units a second, bytes, operations a second. Busy shares do
    not, so CPU time must have been turned into units.

    Attributes:
        workloads: names, each once.
        resources: names.
        times: Unix seconds at which steps begin, rising; shape (steps,).
        amounts: 0 or more, NaN where unknown; shape (workloads, resources, steps).
    """

    workloads: tuple[str, ...]
    resources: tuple[str, ...]
    times: Floats
    amounts: Floats

    @property
    def unknown(self) -> Floats:
        """The share of steps without a number; shape (workloads, resources)."""
        unknown: Floats = np.isnan(self.amounts).mean(axis=2)
        return unknown


@dataclass(frozen=True)
class OfferedMachine:
    """A kind of machine that a plan may take.

    Attributes:
        name: of it.
        price: for an hour, above 0, in the currency of all.
        capacity: by resource, what may be used of it, head room taken off; a resource that is
            absent has no known limit, and does not limit the plan.
        most: how many there are at most; None: any number.
        unfit: workloads that may not run on it (another architecture), by name.
    """

    name: str
    price: Decimal
    capacity: Mapping[str, float]
    most: int | None = None
    unfit: frozenset[str] = frozenset()

    @property
    def millionths(self) -> int:
        """The price in whole millionths, rounded down, so that a bound made of it holds."""
        return max(int(self.price * MILLION), 1)


@dataclass(frozen=True)
class SpreadGroup:
    """Workloads of which no more than ``most`` may share a machine."""

    workloads: tuple[str, ...]
    most: int = 1


@dataclass(frozen=True)
class PackingRules:
    """What a plan must obey beside capacity.

    Attributes:
        groups: that are spread over machines.
        most_per_machine: workloads on one machine; None: any number.
        spare: whether the work of any one machine must have room on the others.
    """

    groups: tuple[SpreadGroup, ...] = ()
    most_per_machine: int | None = None
    spare: bool = False
