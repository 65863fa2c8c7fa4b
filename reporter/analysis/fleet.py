"""Hundreds of machines in short tables: all of them, by type, and those that need a look. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.estimates.ratios import Rate
from reporter.analysis.comparison import units_per_dollar
from reporter.analysis.contenders import Contender
from reporter.analysis.report_data import ReportData
from reporter.analysis.utilisation import Summary
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED
from workload.prediction.wishes import HOURS_A_MONTH

ROWS_OF_A_TABLE = 30
MOST_NAMED = 15


@dataclass(frozen=True)
class Member:
    """One machine: its CPU and memory over the range, dollars a month that idle time costs, and the
    share of CPU time that was stolen."""

    machine: Machine
    cpu: Summary | None
    memory: Summary | None
    idle_month: float | None
    stolen: float | None = None


@dataclass(frozen=True)
class MachineKind:
    """All machines of one type: how many, their CPUs, dollars a month, means of their figures.

    Attributes:
        name: provider and type, with the CPUs of each where one type has several sizes.
        units_per_dollar: of those with undisturbed runs under the same conditions: the mean of
            several with its interval, or that of the only one; None: unknown.
        measured: how many machines these are.
        rank: by units per dollar among types and machines of the same conditions, and their mark.
        stolen: mean share of CPU time that was stolen; None: unknown of all.
    """

    name: str
    count: int
    cpus: int
    month: float | None
    cpu: float | None
    units_per_dollar: Rate | None
    measured: int = 0
    rank: tuple[int, str] | None = None
    stolen: float | None = None


def members(data: ReportData) -> list[Member]:
    """Every machine, in the report's order."""
    found = []
    for machine in data.machines:
        cpu = data.summary(CPU_BUSY, machine)
        idle = None
        if cpu and machine.price:
            idle = (1 - cpu.mean) * machine.price * HOURS_A_MONTH
        lost = data.lost_time.get(machine.name)
        memory, stolen = data.summary(MEMORY_USED, machine), lost.stolen if lost else None
        found.append(Member(machine, cpu, memory, idle, stolen))
    return found


def kinds(found: Sequence[Member], data: ReportData) -> list[MachineKind]:
    """The fleet by provider, type and number of CPUs, the most numerous first."""
    grouped: dict[tuple[str, int | None], list[Member]] = defaultdict(list)
    for member in found:
        machine = member.machine
        size = machine.cpus if machine.short_type else None
        grouped[machine.short_type, size].append(member)
    sizes = Counter(name for name, _ in grouped)
    every = []
    for (name, cpus), own in grouped.items():
        several = sizes[name] > 1 and cpus is not None
        every.append(_kind(f"{name}, {cpus} CPUs" if several else name, own, data))
    return sorted(every, key=lambda kind: (-kind.count, kind.name))


def _kind(name: str, own: Sequence[Member], data: ReportData) -> MachineKind:
    prices = [m.machine.price for m in own if m.machine.price]
    cpu = [m.cpu.mean for m in own if m.cpu]
    one = _measured(own, data) if name else None
    stolen = [m.stolen for m in own if m.stolen is not None]
    return MachineKind(
        name=name,
        count=len(own),
        cpus=sum(m.machine.cpus or 0 for m in own),
        month=sum(prices) * HOURS_A_MONTH if len(prices) == len(own) else None,
        cpu=float(np.mean(cpu)) if cpu else None,
        units_per_dollar=one.rate(units_per_dollar) if one else None,
        measured=len(one.machines) if one else 0,
        rank=data.ranking.ranks.get(one.machine.name) if one else None,
        stolen=float(np.mean(stolen)) if stolen else None,
    )


def _measured(own: Sequence[Member], data: ReportData) -> Contender | None:
    """What machines of one type are ranked as: in the first class of conditions that has them."""
    names = {member.machine.name for member in own}
    every = (one for group in data.ranking.groups for one in group.contenders)
    return next((one for one in every if one.machine.name in names), None)


def costliest_idle(found: Sequence[Member]) -> list[Member]:
    """The machines whose idle time costs most."""
    known = [member for member in found if member.idle_month is not None]
    return sorted(known, key=lambda m: (-(m.idle_month or 0.0), m.machine.name))[:MOST_NAMED]


def fullest(found: Sequence[Member]) -> list[Member]:
    """The machines nearest to their limit, by the greater P95 of CPU and memory."""

    def need(member: Member) -> float:
        known = (one.p95 for one in (member.cpu, member.memory) if one and one.p95 is not None)
        return max(known, default=-1.0)

    known = [member for member in found if need(member) >= 0]
    return sorted(known, key=lambda m: (-need(m), m.machine.name))[:MOST_NAMED]


def tables(found: Sequence[Member]) -> Iterator[Sequence[Member]]:
    """Short tables: one long table costs WeasyPrint more than its rows."""
    for first in range(0, len(found), ROWS_OF_A_TABLE):
        yield found[first : first + ROWS_OF_A_TABLE]
