"""How a report's machines stand to each other: classes, contenders, ranks, the front. Pure.

Only what was measured under the same conditions is ranked or held against each other, only
undisturbed runs are, and types take the place of their machines where several were measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from reporter.analysis.comparison import max_units, paid_work, units_per_dollar
from reporter.analysis.contenders import Contender, contenders, ranked
from reporter.analysis.run_conditions import AlikeTests, classes
from reporter.asking.machines import Machine

# Why a machine is not held against others.
BY_DISTURBANCE = "disturbed"
BY_CONDITIONS = "conditions"
BY_PART = "part of the machine"


@dataclass(frozen=True)
class Ranked:
    """A class of conditions with its contenders.

    Attributes:
        tests: the class.
        contenders: of its undisturbed runs, in the report's order.
        left_out: machines of a type whose runs had other conditions than most of that type.
    """

    tests: AlikeTests
    contenders: tuple[Contender, ...]
    left_out: tuple[Machine, ...]

    @cached_property
    def by_money(self) -> list[Contender]:
        """The best value first; those without a price are left out."""
        return ranked(self.contenders, units_per_dollar)

    @cached_property
    def by_speed(self) -> list[Contender]:
        """The fastest first."""
        return ranked(self.contenders, max_units)

    @cached_property
    def front(self) -> list[Contender]:
        """See ``pareto``."""
        return pareto(self.contenders)


class Ranking:
    """How the machines of a report stand to each other.

    Args:
        machines: all of them.
        baseline: the name of the one that the reader chose; empty: none.
    """

    def __init__(self, machines: Sequence[Machine], baseline: str = "") -> None:
        chosen = next((machine for machine in machines if machine.name == baseline), None)
        self.machines = machines
        self.groups = [_ranked(tests) for tests in classes(machines, chosen)]
        self.disturbed = [m for m in machines if m.test and m.test.valid is False]

    @property
    def main(self) -> Ranked | None:
        """The class that verdicts and charts are about; None: no machine has a load test."""
        return self.groups[0] if self.groups else None

    @cached_property
    def contenders(self) -> Sequence[Contender]:
        """Those of the main class."""
        return self.main.contenders if self.main else ()

    @cached_property
    def _of_machine(self) -> dict[str, tuple[Ranked, Contender]]:
        return {
            machine.name: (group, one)
            for group in self.groups
            for one in group.contenders
            for machine in one.machines
        }

    def contender(self, machine: Machine) -> Contender | None:
        """What a machine is ranked as; None: it is not."""
        found = self._of_machine.get(machine.name)
        return found[1] if found else None

    @cached_property
    def ranks(self) -> dict[str, tuple[int, str]]:
        """By machine, the rank of its contender by work for the money, and the class's mark."""
        return {
            machine.name: (place, group.tests.mark)
            for group in self.groups
            for place, one in enumerate(group.by_money, 1)
            for machine in one.machines
        }

    def group(self, machine: Machine) -> Ranked | None:
        """The class that a machine's load test is of, disturbed or not; None: it has none."""
        return self._groups_by_name.get(machine.name)

    @cached_property
    def _groups_by_name(self) -> dict[str, Ranked]:
        return {m.name: group for group in self.groups for m in group.tests.machines}

    def alike(self, one: Machine, other: Machine) -> bool:
        """Whether the load tests of two machines may be held against each other."""
        found = self.group(one)
        return found is not None and found is self.group(other)

    @cached_property
    def types(self) -> list[tuple[Ranked, Contender]]:
        """All contenders where at least one is a type, each class by value for money, then the
        others; else none."""
        if not any(one.is_type for group in self.groups for one in group.contenders):
            return []
        return [
            (group, one)
            for group in self.groups
            for one in (
                *group.by_money,
                *(other for other in group.contenders if other not in group.by_money),
            )
        ]

    @cached_property
    def front(self) -> set[str]:
        """Names of the machines on the main class's Pareto front, alone or with their type."""
        main = self.main
        return {m.name for one in (main.front if main else ()) for m in one.machines}

    def on_front(self, machine: Machine) -> bool | None:
        """Whether a machine, or its type, is on the Pareto front; None: it takes no part."""
        group, one = self._of_machine.get(machine.name, (None, None))
        if one is None or group is not self.main or not one.price or one.rate(paid_work) is None:
            return None
        return machine.name in self.front

    def withheld(self, machine: Machine) -> str:
        """Why a tested machine is not ranked, as a ``BY_``; empty: it is, or has no test."""
        if machine.test is None or machine.name in self._of_machine:
            return ""
        if machine.test.valid is False:
            return BY_DISTURBANCE
        if machine.test.full is False:
            return BY_PART
        left = {m.name for group in self.groups for m in group.left_out}
        return BY_CONDITIONS if machine.name in left else ""


def _ranked(tests: AlikeTests) -> Ranked:
    sound = [machine for machine in tests.machines if machine.test and machine.test.sound]
    found, left = contenders(sound)
    return Ranked(tests, tuple(found), tuple(left))


def pareto(found: Sequence[Contender]) -> list[Contender]:
    """Those that no other beats in price and in work at once, the cheapest first.

    One is beaten by one that costs no more and does no less, and is better in one of both. Those
    without a price or a load test take no part.
    """
    offers = [
        (one.price, -done.value, one.name, one)
        for one in found
        if one.price and (done := one.rate(paid_work))
    ]
    front: list[Contender] = []
    last: tuple[float, float] | None = None
    for price, units, _, one in sorted(offers, key=lambda offer: offer[:3]):
        if last is None or units < last[1] or (price, units) == last:
            front.append(one)
            last = price, units
    return front
