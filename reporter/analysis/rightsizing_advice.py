"""What to do about a machine's size, and what that saves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reporter.analysis import fit
from reporter.analysis.prices import hourly_price
from reporter.analysis.rightsizing import SizeDemand, SizeFinding
from reporter.analysis.rightsizing_risk import SizeRisk, risk_of
from reporter.analysis.rightsizing_targets import (
    SizeTarget,
    TypeOffer,
    kind,
    takes_its_place,
    targets,
)
from reporter.asking.machines import Machine
from reporter.settings.rightsizing import SizingRules
from workload.prediction.findings import MachineResource, Provisioning
from workload.prediction.wishes import HOURS_A_MONTH

# What another type gives more or less of; volumes go along with a machine.
OF_THE_TYPE = (MachineResource.CPU, MachineResource.MEMORY, MachineResource.NETWORK)


class NoTarget(StrEnum):
    """Why no target is known."""

    NO_LOAD_TEST = "NoLoadTest"
    NO_PRICE = "NoPrice"
    NO_OTHER = "NoOtherTypeMeasured"
    NONE_CARRIES = "NoneSurelyCarriesTheWork"
    NONE_CHEAPER = "NoneIsCheaper"
    DISKS_BUSY = "DisksOfOtherTypesUnknown"


@dataclass(frozen=True)
class Advice:
    """What to do about one machine.

    Attributes:
        finding: what it is.
        month: dollars that it costs in a month of 730 hours; None: no price.
        target: one machine of another type that carries its work: the cheapest, and where the
            machine is not too small, one that costs less. None: see ``why_none``.
        why_none: why there is no target; None: there is one, or no finding.
        several: more machines of one type that carry its work, where these cost less than the
            target, or than the machine where there is none.
        risk, risk_of_several: that target or several are too small.
    """

    finding: SizeFinding
    month: float | None
    target: SizeTarget | None = None
    why_none: NoTarget | None = None
    several: SizeTarget | None = None
    risk: SizeRisk | None = None
    risk_of_several: SizeRisk | None = None

    @property
    def machine(self) -> Machine:
        """Whose size it is about."""
        return self.finding.machine

    @property
    def saving(self) -> float | None:
        """Dollars a month that the target costs less; None: it does not, or it is unknown."""
        return self._less(self.target)

    @property
    def saving_of_several(self) -> float | None:
        """The same of several machines."""
        return self._less(self.several)

    @property
    def extra(self) -> float | None:
        """Dollars a month that the target costs more; None: it does not, or it is unknown."""
        if self.month is None or self.target is None or self.target.month <= self.month:
            return None
        return self.target.month - self.month

    @property
    def share(self) -> float | None:
        """The saving as a share of what the machine costs."""
        return self.saving / self.month if self.saving and self.month else None

    def _less(self, target: SizeTarget | None) -> float | None:
        if self.month is None or target is None or target.month >= self.month:
            return None
        return self.month - target.month


def too_small(finding: SizeFinding) -> bool:
    """Whether another type is needed: not for disks and file systems, which go along."""
    return any(finding.of(one) is Provisioning.UNDER for one in OF_THE_TYPE)


def advise(finding: SizeFinding, every: Sequence[TypeOffer], rules: SizingRules) -> Advice:
    """What to do about one machine.

    Args:
        finding: of the machine.
        every: the types that can be chosen.
        rules: percentile, headroom and look-back period.
    """
    machine = finding.machine
    price = hourly_price(machine)
    month = price * HOURS_A_MONTH if price else None
    if finding.state is Provisioning.UNKNOWN:
        return Advice(finding, month)
    if not (machine.test and fit.readable(machine.test)):
        return Advice(finding, month, why_none=NoTarget.NO_LOAD_TEST)
    if finding.of(MachineResource.DISK) is Provisioning.UNDER:
        return Advice(finding, month, why_none=NoTarget.DISKS_BUSY)
    small = too_small(finding)
    if month is None and not small:
        return Advice(finding, None, why_none=NoTarget.NO_PRICE)
    carrying = targets(finding.demand, every, rules.limit)
    one = _single(carrying, machine, None if small else month)
    several = _several(carrying, machine, one, month, small=small)
    return Advice(
        finding,
        month,
        one,
        None if one else _why(carrying, finding.demand, every),
        several,
        risk_of(finding.demand, one, rules) if one else None,
        risk_of(finding.demand, several, rules) if several else None,
    )


def _single(
    carrying: Sequence[SizeTarget], machine: Machine, below: float | None
) -> SizeTarget | None:
    fitting = (
        one
        for one in carrying
        if one.count == 1
        and one.offer.name != kind(machine)
        and (below is None or one.month < below)
    )
    return next(fitting, None)


def _several(
    carrying: Sequence[SizeTarget],
    machine: Machine,
    one: SizeTarget | None,
    month: float | None,
    *,
    small: bool,
) -> SizeTarget | None:
    """More machines of a type: of its own, too, where one is too small."""
    below = one.month if one else None if small else month
    fitting = (
        more
        for more in carrying
        if more.count > 1
        and (small or more.offer.name != kind(machine))
        and (below is None or more.month < below)
    )
    return next(fitting, None)


def _why(
    carrying: Sequence[SizeTarget], demand: SizeDemand, every: Sequence[TypeOffer]
) -> NoTarget:
    others = [
        offer
        for offer in every
        if offer.name != kind(demand.machine) and takes_its_place(offer, demand)
    ]
    if not others:
        return NoTarget.NO_OTHER
    if not any(one.count == 1 and one.offer.name != kind(demand.machine) for one in carrying):
        return NoTarget.NONE_CARRIES
    return NoTarget.NONE_CHEAPER


def by_saving(every: Sequence[Advice]) -> list[Advice]:
    """The greatest saving first, then what is too small, then the rest by cost and name."""

    def place(one: Advice) -> tuple[float, int, float, str]:
        order = (
            Provisioning.UNDER,
            Provisioning.OVER,
            Provisioning.OPTIMISED,
            Provisioning.UNKNOWN,
        )
        state = order.index(one.finding.state)
        return -(one.saving or 0.0), state, -(one.month or 0.0), one.machine.name

    return sorted(every, key=place)
