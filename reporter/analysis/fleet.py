"""Hundreds of machines in short tables: all of them, by type, and those that need a look. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reporter.analysis.fit import HOURS_A_MONTH
from reporter.analysis.report_data import ReportData
from reporter.analysis.utilisation import Summary
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED

ROWS_OF_A_TABLE = 30
MOST_NAMED = 15


@dataclass(frozen=True)
class Member:
    """One machine: its CPU and memory over the range, and dollars a month that idle time costs."""

    machine: Machine
    cpu: Summary | None
    memory: Summary | None
    idle_month: float | None


@dataclass(frozen=True)
class MachineKind:
    """All machines of one type: how many, their CPUs, dollars a month, means of their figures."""

    name: str
    count: int
    cpus: int
    month: float | None
    cpu: float | None
    units_per_dollar: float | None


def members(data: ReportData) -> list[Member]:
    """Every machine, in the report's order."""
    found = []
    for machine in data.machines:
        cpu = data.summary(CPU_BUSY, machine)
        idle = None
        if cpu and machine.price:
            idle = (1 - cpu.mean) * machine.price * HOURS_A_MONTH
        found.append(Member(machine, cpu, data.summary(MEMORY_USED, machine), idle))
    return found


def kinds(found: Sequence[Member]) -> list[MachineKind]:
    """The fleet by provider and type, the most numerous first."""
    grouped: dict[str, list[Member]] = defaultdict(list)
    for member in found:
        grouped[member.machine.short_type].append(member)
    every = [_kind(name, own) for name, own in grouped.items()]
    return sorted(every, key=lambda kind: (-kind.count, kind.name))


def _kind(name: str, own: Sequence[Member]) -> MachineKind:
    prices = [m.machine.price for m in own if m.machine.price]
    cpu = [m.cpu.mean for m in own if m.cpu]
    worth = [m.machine.units_per_dollar.value for m in own if m.machine.units_per_dollar]
    return MachineKind(
        name=name,
        count=len(own),
        cpus=sum(m.machine.cpus or 0 for m in own),
        month=sum(prices) * HOURS_A_MONTH if len(prices) == len(own) else None,
        cpu=float(np.mean(cpu)) if cpu else None,
        units_per_dollar=float(np.mean(worth)) if worth else None,
    )


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
