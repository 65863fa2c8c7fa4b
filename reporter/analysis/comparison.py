"""Ranking, and what can be said of the difference between two estimates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate, Ratio, RunSpread
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import run_spread
from reporter.asking.machines import Machine


@dataclass(frozen=True)
class BaselineDifference:
    """A machine against the baseline, each figure as a ratio; None: one of the two is unknown."""

    machine: Machine
    units: Ratio | None
    per_dollar: Ratio | None
    price: float | None


def ratio(one: Estimate, other: Estimate, known: Sequence[RunSpread] = ()) -> Ratio | None:
    """How many times ``other`` is ``one``, with its 95 % interval (``estimates.ratios``).

    Each is of one run. Where other runs tell what runs vary by, this is what ``loadtest compare``
    says with an archive; else ``apart`` is about these two runs only, there is no verdict on the
    machines, and ``more`` says how many more runs of each are needed at least. None when a value is
    at or below 0.

    Args:
        one, other: rates.
        known: what runs vary by: of both sides, or of ``other`` and of ``one``.
    """
    if min(one.value, other.value) <= 0:
        return None
    return ratios.compare([[_rate(other)]], [[_rate(one)]], known=known)


def of_machines(
    one: Machine, other: Machine, measure: Callable[[Machine], Estimate | None]
) -> Ratio | None:
    """How many times another machine's measure one's is; None: one of both is unknown.

    Args:
        one, other: the machines.
        measure: of the newest run: a rate, or that by a price, which varies alike.
    """
    first, second = measure(other), measure(one)
    if first is None or second is None:
        return None
    spreads = [_run_spread(machine) for machine in (other, one)]
    known = [spread for spread in spreads if spread is not None]
    return ratio(second, first, known if len(known) == len(spreads) else ())


def _run_spread(machine: Machine) -> RunSpread | None:
    return run_spread([list(machine.test.earlier.values())]) if machine.test else None


def by_earlier_runs(found: Ratio | None) -> bool:
    """Whether a ratio is made of what earlier runs vary by, so that there is a verdict."""
    return found is not None and found.basis == "known"


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


def differences(machines: Sequence[Machine], baseline: Machine) -> list[BaselineDifference]:
    """Every other machine against the baseline, in the order given."""
    found = []
    for machine in machines:
        if machine is baseline:
            continue
        price = None
        if machine.price and baseline.price:
            price = machine.price / baseline.price
        found.append(
            BaselineDifference(
                machine,
                of_machines(machine, baseline, max_units),
                of_machines(machine, baseline, units_per_dollar),
                price,
            )
        )
    return found


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
