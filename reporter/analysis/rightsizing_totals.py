"""What a fleet costs, what of it was idle, and what could be saved. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reporter.analysis.observed import Observed
from reporter.analysis.prices import hourly_price
from reporter.analysis.rightsizing import HOUR
from reporter.analysis.rightsizing_advice import Advice
from reporter.asking.machines import Machine
from workload.prediction.findings import Provisioning
from workload.prediction.wishes import HOURS_A_MONTH


@dataclass(frozen=True)
class PaidPeriod:
    """What machines cost over a range, of those whose price and CPU time are known.

    Attributes:
        paid: dollars for the hours in which they were there.
        idle: dollars of these for the time in which their CPUs had nothing to do.
        idle_month: dollars for idle time in a month of 730 hours, if all were there throughout and
            as busy.
        hours: for which they were there, all together.
        names: the machines that are counted.
    """

    paid: float
    idle: float
    idle_month: float
    hours: float
    names: frozenset[str]

    @property
    def busy(self) -> float | None:
        """The share of the money in which the CPUs were busy; None: nothing was paid."""
        return 1 - self.idle / self.paid if self.paid else None


@dataclass(frozen=True)
class FleetTotals:
    """The fleet in money.

    Attributes:
        machines: how many there are.
        priced: how many have a price.
        month: dollars that these cost in a month of 730 hours; None: none has one.
        now: of the report's range; None: no machine has a price and CPU time.
        last: of the period of the same length just before it, of the machines of both; None: it is
            unknown.
        now_of_both: of the report's range, of these machines only.
        saving: dollars a month by the targets; None: none saves anything.
        saving_machines: of how many machines.
        by_several: dollars a month that several in the place of one would save beyond that; None:
            nothing.
        extra: dollars a month that the targets of machines which are too small cost more.
        states: how many machines are found to be what.
    """

    machines: int
    priced: int
    month: float | None
    now: PaidPeriod | None
    last: PaidPeriod | None
    now_of_both: PaidPeriod | None
    saving: float | None
    saving_machines: int
    by_several: float | None
    extra: float | None
    states: Counter[Provisioning]

    @property
    def share(self) -> float | None:
        """The saving as a share of what the fleet costs."""
        return self.saving / self.month if self.saving and self.month else None


def paid_hours(busy: Observed) -> float:
    """Hours for which a machine was there: from its first sample to its last, gaps included.

    A scrape that fails stops no bill.
    """
    return float(busy.times[-1] - busy.times[0] + busy.seconds[0]) / HOUR


def period(machines: Sequence[tuple[Machine, Observed | None]]) -> PaidPeriod | None:
    """What machines cost over a range; None: of none are price and CPU time known."""
    paid = idle = month = hours = 0.0
    names = set()
    for machine, busy in machines:
        price = hourly_price(machine)
        mean = busy.mean() if busy else None
        if price is None or busy is None or mean is None:
            continue
        own = paid_hours(busy)
        hours += own
        paid += price * own
        idle += price * own * (1 - mean)
        month += price * HOURS_A_MONTH * (1 - mean)
        names.add(machine.name)
    return PaidPeriod(paid, idle, month, hours, frozenset(names)) if names else None


def totals(
    machines: Sequence[Machine],
    advices: Sequence[Advice],
    now: Sequence[tuple[Machine, Observed | None]],
    last: Sequence[tuple[Machine, Observed | None]],
) -> FleetTotals:
    """The fleet in money.

    Args:
        machines: of the report.
        advices: of every machine; none where no advice is asked for.
        now: the machines, and their busy ratios over the report's range.
        last: the same of the period before; empty: it was not asked, or there was none.
    """
    months = [price * HOURS_A_MONTH for one in machines if (price := hourly_price(one))]
    savings = [one.saving for one in advices if one.saving is not None]
    further = [
        one.saving_of_several - (one.saving or 0.0)
        for one in advices
        if one.saving_of_several is not None
    ]
    extras = [one.extra for one in advices if one.extra is not None]
    this, before = period(now), period(last)
    both = (this.names if this else frozenset()) & (before.names if before else frozenset())
    return FleetTotals(
        len(machines),
        len(months),
        sum(months) if months else None,
        this,
        period([pair for pair in last if pair[0].name in both]),
        period([pair for pair in now if pair[0].name in both]),
        sum(savings) if savings else None,
        len(savings),
        sum(further) if further else None,
        sum(extras) if extras else None,
        Counter(one.finding.state for one in advices),
    )
