"""Ranking, and what can be said of the difference between two estimates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate, Ratio
from perfanalysis.estimates.statistics import Estimate
from reporter.asking.machines import Machine


@dataclass(frozen=True)
class Difference:
    """A machine against the baseline, each figure as a ratio; None: one of the two is unknown."""

    machine: Machine
    units: Ratio | None
    per_dollar: Ratio | None
    price: float | None


def ratio(one: Estimate, other: Estimate) -> Ratio | None:
    """How many times ``other`` is ``one``, with its 95 % interval (``estimates.ratios``).

    Each is of one run, so ``apart`` is about these two runs only, there is no verdict on the
    machines, and ``more`` says how many more runs of each are needed at least. None when a value is
    at or below 0.
    """
    if min(one.value, other.value) <= 0:
        return None
    return ratios.compare([[_rate(other)]], [[_rate(one)]])


def _rate(estimate: Estimate) -> Rate:
    return Rate(estimate.value, estimate)


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


def work_done(machine: Machine) -> Estimate | None:
    """The machine's mean units per second at 100 % busy: the work that its money buys."""
    return machine.test.work.at(100) if machine.test else None


def units_per_dollar(machine: Machine) -> Estimate | None:
    """The machine's units per second per dollar-hour."""
    return machine.units_per_dollar


def scaling(machine: Machine) -> float | None:
    """How many times one worker's rate the whole machine does."""
    if not machine.test or not machine.test.max or not machine.test.single:
        return None
    return machine.test.max.value / machine.test.single


def differences(machines: Sequence[Machine], baseline: Machine) -> list[Difference]:
    """Every other machine against the baseline, in the order given."""
    found = []
    for machine in machines:
        if machine is baseline:
            continue
        price = None
        if machine.price and baseline.price:
            price = machine.price / baseline.price
        found.append(
            Difference(
                machine,
                _of(max_units(machine), max_units(baseline)),
                _of(units_per_dollar(machine), units_per_dollar(baseline)),
                price,
            )
        )
    return found


def _of(one: Estimate | None, other: Estimate | None) -> Ratio | None:
    return ratio(one, other) if one and other else None


def pareto(machines: Sequence[Machine]) -> list[Machine]:
    """The machines that no other beats in price and in work at once, the cheapest first.

    A machine is beaten by one that costs no more and does no less, and is better in one of both.
    Those without a price or a load test take no part.
    """
    offers = [
        (m.price, -done.value, m.name, m) for m in machines if (done := work_done(m)) and m.price
    ]
    front: list[Machine] = []
    last: tuple[float, float] | None = None
    for price, units, _, machine in sorted(offers, key=lambda offer: offer[:3]):
        if last is None or units < last[1] or (price, units) == last:
            front.append(machine)
            last = price, units
    return front
