"""Ranking, and what can be said of the difference between two estimates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reporter.machines import Estimate, Machine


@dataclass(frozen=True)
class Ratio:
    """How many times one estimate is another, with bounds.

    ``lower`` and ``upper`` are the extreme quotients of the two 95 % intervals, which is wider than
    a 95 % interval of the ratio (Fieller's would be narrower): a difference that is claimed by it
    holds all the more.
    """

    value: float
    lower: float
    upper: float

    @property
    def certain(self) -> bool:
        """Whether the two intervals do not touch, so that one is certainly the greater."""
        return self.lower > 1 or self.upper < 1


def ratio(one: Estimate, other: Estimate) -> Ratio | None:
    """How many times ``other`` is ``one``; None when a bound is at or below 0."""
    if min(one.lower, other.lower) <= 0:
        return None
    return Ratio(one.value / other.value, one.lower / other.upper, one.upper / other.lower)


def ranked(
    machines: Sequence[Machine], measure: Callable[[Machine], Estimate | None]
) -> list[Machine]:
    """The machines that have the measure, the greatest first; of equals, by name."""
    having = [(machine, estimate) for machine in machines if (estimate := measure(machine))]
    having.sort(key=lambda pair: (-pair[1].value, pair[0].name))
    return [machine for machine, _ in having]


def max_units(machine: Machine) -> Estimate | None:
    """The machine's units per second at 100 % busy."""
    return machine.test.max if machine.test else None


def units_per_dollar(machine: Machine) -> Estimate | None:
    """The machine's units per second per dollar-hour."""
    return machine.units_per_dollar


def scaling(machine: Machine) -> float | None:
    """How many times one worker's rate the whole machine does."""
    if not machine.test or not machine.test.max or not machine.test.single:
        return None
    return machine.test.max.value / machine.test.single
