"""What a verdict speaks of: types of which several machines were measured, else single machines.

With forty machines of three types the question is which type to buy, not which node of it. Several
machines of a type tell by how much these differ, which one machine never does. Pure.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.estimates import ratios, student
from perfanalysis.estimates.ratios import UPPER_TAIL, Rate, Ratio
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import spreads
from reporter.analysis.comparison import Measure, full_rate, of_machines
from reporter.asking.machines import Machine


@dataclass(frozen=True)
class Contender:
    """A type, or one machine.

    Attributes:
        name: of the type (with its CPUs, where one type has several sizes), or of the machine.
        machines: with undisturbed runs under the same conditions, in the report's order; at least
            one.
    """

    name: str
    machines: tuple[Machine, ...]

    @property
    def is_type(self) -> bool:
        """Whether it is a type, of which there are several machines."""
        return len(self.machines) > 1

    @property
    def machine(self) -> Machine:
        """The first machine, which has the type's facts and gives its colour."""
        return self.machines[0]

    def rates(self, measure: Measure) -> list[Rate]:
        """What is known of its machines."""
        return [rate for machine in self.machines if (rate := measure(machine))]

    def rate(self, measure: Measure) -> Rate | None:
        """The machine's rate; of a type the geometric mean of its machines, with the 95 % interval
        by what these differ by. None: it is not known of any machine."""
        found = self.rates(measure)
        if len(found) < 2:
            return found[0] if found else None
        logs = [math.log(rate.value) for rate in found]
        middle, count = statistics.fmean(logs), len(logs)
        half = student.quantile(UPPER_TAIL, float(count - 1))
        half *= statistics.stdev(logs) / math.sqrt(count)
        bounds = Estimate(math.exp(middle), math.exp(middle - half), math.exp(middle + half))
        return Rate(bounds.value, bounds)

    def spread(self, measure: Measure) -> Estimate | None:
        """What its machines differ by, one run of each: a coefficient of variation with its
        interval; None: there are no two."""
        found = self.rates(measure)
        return spreads([[rate.value] for rate in found]).both if len(found) > 1 else None

    @property
    def prices(self) -> tuple[float, float] | None:
        """The least and the greatest price of its machines; None: one of them has none."""
        known = [machine.price for machine in self.machines if machine.price]
        return (min(known), max(known)) if len(known) == len(self.machines) else None

    @property
    def price(self) -> float | None:
        """The mean price of its machines; None: one of them has none."""
        known = [machine.price for machine in self.machines if machine.price]
        return statistics.fmean(known) if len(known) == len(self.machines) else None


def compare(one: Contender, other: Contender, measure: Measure) -> Ratio | None:
    """How many times another one's measure one's is; None: it is unknown of one of both.

    Where a side has several machines, the interval is Welch's, of the machines' means; a single
    machine against a type takes the type's spread for its own. Of two single machines it is that of
    their runs.
    """
    first, second = other.rates(measure), one.rates(measure)
    if not first or not second:
        return None
    if len(first) == len(second) == 1:
        pair = [_the_one(side, measure) for side in (one, other)]
        return of_machines(pair[0], pair[1], measure)
    return ratios.compare([[rate] for rate in first], [[rate] for rate in second])


def _the_one(side: Contender, measure: Measure) -> Machine:
    return next(machine for machine in side.machines if measure(machine))


def ranked(found: Sequence[Contender], measure: Measure) -> list[Contender]:
    """Those that have the measure, the greatest first; of equals, by name."""
    having = [(one, rate.value) for one in found if (rate := one.rate(measure))]
    having.sort(key=lambda pair: (-pair[1], pair[0].name))
    return [one for one, _ in having]


def contenders(machines: Sequence[Machine]) -> tuple[list[Contender], list[Machine]]:
    """The contenders among machines whose tests may be held against each other.

    Machines are of one type where provider, instance type and number of CPUs are the same. Two
    machines of one type may differ in nothing that is a condition of a run, as the fingerprints of
    their runs tell: those that do are left out, unless they are most of their type.

    Args:
        machines: with undisturbed runs.

    Returns:
        The contenders in the order of their first machines, and the machines that are left out.
    """
    types: dict[tuple[str, str, int | None], list[Machine]] = defaultdict(list)
    single: list[Contender] = []
    for machine in machines:
        if full_rate(machine) is None:
            continue
        if machine.instance_type:
            key = (machine.provider, machine.instance_type, machine.cpus)
            types[key].append(machine)
        else:
            single.append(Contender(machine.name, (machine,)))
    sizes = Counter((provider, name) for provider, name, _ in types)
    found, left = single, list[Machine]()
    for (provider, name, cpus), own in types.items():
        alike = _most_alike(own)
        left += [machine for machine in own if machine not in alike]
        called = f"{provider} {name}".strip()
        if sizes[provider, name] > 1 and cpus is not None:
            called += f", {cpus} CPUs"
        found.append(Contender(called if len(alike) > 1 else alike[0].name, tuple(alike)))
    order = {machine.name: place for place, machine in enumerate(machines)}
    return sorted(found, key=lambda one: order[one.machine.name]), left


def _most_alike(machines: Sequence[Machine]) -> list[Machine]:
    """Those of the fingerprint that most have; of as many, of that which is met first."""
    counts = Counter(machine.test.conditions for machine in machines if machine.test)
    most = counts.most_common(1)[0][0]
    return [machine for machine in machines if machine.test and machine.test.conditions == most]
