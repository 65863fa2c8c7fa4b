"""Every type and machine against the baseline, or against its type. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from perfanalysis.estimates.ratios import Ratio
from reporter.analysis.comparison import by_earlier_runs, max_units, units_per_dollar
from reporter.analysis.contenders import Contender, compare
from reporter.analysis.ranking import BY_CONDITIONS, Ranking
from reporter.analysis.wording import BY_MACHINES, BY_SLICES
from reporter.asking.machines import Machine


@dataclass(frozen=True)
class BaselineDifference:
    """A contender, or a machine that is none, against the baseline.

    Attributes:
        name: of the type or machine.
        machines: what it is made of.
        units, per_dollar: ratios; None: one of the two is unknown, or not to be held against it.
        price: ratio of the prices; None: one of them is unknown.
        withheld: why there are no ratios, a ``BY_`` of this module; empty: there may be.
    """

    name: str
    machines: tuple[Machine, ...]
    units: Ratio | None
    per_dollar: Ratio | None
    price: float | None
    withheld: str = ""

    @property
    def machine(self) -> Machine:
        """The first machine, which gives its colour."""
        return self.machines[0]


class AgainstBaseline:
    """Every other type and machine against the baseline, in the report's order.

    Args:
        ranking: of the machines.
        baseline: one of them; where it is of a type with several machines, it stands for the type.
    """

    def __init__(self, ranking: Ranking, baseline: Machine) -> None:
        self.ranking, self.baseline = ranking, baseline
        self._contender = ranking.contender(baseline)

    @property
    def name(self) -> str:
        """Of the type or machine that the others are compared with."""
        return self._contender.name if self._contender else self.baseline.name

    @cached_property
    def rows(self) -> list[BaselineDifference]:
        """One for each type or machine, those that cannot be compared among them."""
        base = self._contender or Contender(self.baseline.name, (self.baseline,))
        seen, found = {machine.name for machine in base.machines}, list[BaselineDifference]()
        for machine in self.ranking.machines:
            if machine.name in seen:
                continue
            one = self.ranking.contender(machine) or Contender(machine.name, (machine,))
            seen |= {member.name for member in one.machines}
            found.append(self._row(one, base))
        return found

    def _row(self, one: Contender, base: Contender) -> BaselineDifference:
        prices = one.price, base.price
        price = prices[0] / prices[1] if prices[0] and prices[1] else None
        withheld = self._withheld(one.machine)
        if withheld or self._contender is None or self.ranking.contender(one.machine) is None:
            return BaselineDifference(one.name, one.machines, None, None, price, withheld)
        units, worth = compare(one, base, max_units), compare(one, base, units_per_dollar)
        return BaselineDifference(one.name, one.machines, units, worth, price)

    def _withheld(self, machine: Machine) -> str:
        ranking = self.ranking
        reason = ranking.withheld(machine) or ranking.withheld(self.baseline)
        if reason or machine.test is None or self.baseline.test is None:
            return reason
        return "" if ranking.alike(machine, self.baseline) else BY_CONDITIONS

    @property
    def by_runs(self) -> list[str]:
        """Whose difference is made of what earlier runs of single machines vary by."""
        return [one.name for one in self.rows if by_earlier_runs(one.units)]

    @property
    def by_machines(self) -> list[str]:
        """Whose difference is made of what machines of a type differ by."""
        return [one.name for one in self.rows if one.units and one.units.basis == BY_MACHINES]

    @property
    def by_one_run(self) -> bool:
        """Whether some differences are of one run each."""
        return any(one.units and one.units.basis == BY_SLICES for one in self.rows)

    @property
    def comparable(self) -> bool:
        """Whether anything is known of how one differs from the baseline."""
        return any(one.units or one.per_dollar or one.price for one in self.rows)
