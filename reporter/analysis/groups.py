"""Machines added up by the value of a label, such as those of each team. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY
from workload.prediction.wishes import HOURS_A_MONTH


@dataclass(frozen=True)
class LabelGroup:
    """The machines that share a label's value.

    Attributes:
        name: the value; "" for machines without the label.
        count: of machines.
        cpus: of those whose CPUs are known; None: of none.
        cpu: mean busy ratio of all CPUs; None: unknown of all.
        month: dollars a month of those with a price; None: no price is known.
        priced: how many have a price.
        idle_month: dollars a month that idle time costs, of those with a price and CPU time.
    """

    name: str
    count: int
    cpus: int | None
    cpu: float | None
    month: float | None
    priced: int
    idle_month: float | None


def groups(data: ReportData) -> list[LabelGroup]:
    """The groups by name, machines without the label last; none when nothing groups them."""
    grouped: dict[str, list[Machine]] = defaultdict(list)
    for machine in data.machines:
        if machine.group is not None:
            grouped[machine.group].append(machine)
    return [_group(data, name, grouped[name]) for name in sorted(grouped, key=lambda n: (not n, n))]


def _group(data: ReportData, name: str, own: Sequence[Machine]) -> LabelGroup:
    cpus = [machine.cpus for machine in own if machine.cpus is not None]
    busy = {m.name: found.mean for m in own if (found := data.summary(CPU_BUSY, m))}
    # A machine with more CPUs counts for more; without their number each counts for one.
    weights = {m.name: (m.cpus if len(cpus) == len(own) else 1) or 1 for m in own}
    total = sum(weights[known] for known in busy)
    prices = {machine.name: machine.price for machine in own if machine.price}
    idle = [(1 - busy[known]) * price for known, price in prices.items() if known in busy]
    return LabelGroup(
        name=name,
        count=len(own),
        cpus=sum(cpus) if cpus else None,
        cpu=sum(weights[n] * mean for n, mean in busy.items()) / total if total else None,
        month=sum(prices.values()) * HOURS_A_MONTH if prices else None,
        priced=len(prices),
        idle_month=sum(idle) * HOURS_A_MONTH if idle else None,
    )
