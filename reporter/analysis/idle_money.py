"""What commitments save and what idle time costs, by prices that held over time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from reporter.analysis.observed import Observed
from reporter.analysis.rightsizing import HOUR
from reporter.asking.book_prices import HeldPrices
from workload.prediction.wishes import HOURS_A_MONTH

# What is less is a float's rounding.
_NO_HOURS = 1e-9


@dataclass(frozen=True)
class CommitmentSaving:
    """What commitments save over the hours for which list and effective price are known.

    Attributes:
        list, effective: dollars by each.
        hours: how many these are.
    """

    list: float
    effective: float
    hours: float

    @property
    def dollars(self) -> float:
        """Below 0 where what was paid is more than the list says."""
        return self.list - self.effective

    @property
    def share(self) -> float | None:
        """Of what the list says; None: that is nothing."""
        return self.dollars / self.list if self.list else None


@dataclass(frozen=True)
class IdleMoney:
    """What was paid for time in which CPUs had nothing to do.

    Attributes:
        hours: from the machine's first sample to its last, for which its price is known.
        paid: dollars for them.
        idle: dollars for idle time, of the hours of which CPU time is known.
        unknown: dollars for hours of which nothing is known: they may all be idle, or none.
        month: dollars for idle time in a month of 730 hours, if all were as those that are known;
            None: none is.
        least, most: the same if all unknown hours were busy, and if all were idle.
        busy: the busy share of the known hours, each weighed by its price.
    """

    hours: float
    paid: float
    idle: float
    unknown: float
    month: float | None
    least: float | None
    most: float | None
    busy: float | None


def saving(
    list_price: HeldPrices, effective: HeldPrices, there: tuple[float, float]
) -> CommitmentSaving | None:
    """What commitments save of one machine; None: there is no hour for which both are known.

    Args:
        list_price, effective: of the machine.
        there: its first and last moment, Unix seconds.
    """
    start, end = there
    moments = {step.since for held in (list_price, effective) for step in held.steps}
    edges = sorted({start, end, *(one for one in moments if start < one < end)})
    listed = paid = hours = 0.0
    for since, until in pairwise(edges):
        both = [held.over(since, until) for held in (list_price, effective)]
        if min(one.hours for one in both) > _NO_HOURS:
            listed, paid = listed + both[0].dollars, paid + both[1].dollars
            hours += (until - since) / HOUR
    return CommitmentSaving(listed, paid, hours) if hours else None


def idle_money(paid: HeldPrices, busy: Observed | None) -> IdleMoney | None:
    """What idle time of one machine has cost; None: its price or all of its CPU time is unknown.

    Each sample is priced by what held over its span, so that a price that was high in busy hours
    counts there.

    Args:
        paid: what an hour cost.
        busy: its samples of CPU busy.
    """
    if busy is None or not busy.count:
        return None
    dollars, hours = paid.until(busy.times)
    before = paid.until(busy.times - busy.seconds)
    spent, known = dollars - before[0], float((hours - before[1]).sum())
    whole = paid.over(float(busy.times[0] - busy.seconds[0]), float(busy.times[-1]))
    if whole.hours <= _NO_HOURS:
        return None
    idle = float((spent * (1 - busy.values)).sum())
    unknown = max(0.0, whole.dollars - float(spent.sum()))
    if unknown < 1e-9 * whole.dollars:
        unknown = 0.0
    month = HOURS_A_MONTH / whole.hours
    return IdleMoney(
        whole.hours,
        whole.dollars,
        idle,
        unknown,
        idle / known * HOURS_A_MONTH if known > _NO_HOURS else None,
        idle * month,
        (idle + unknown) * month,
        1 - idle / float(spent.sum()) if spent.sum() > 0 else None,
    )
