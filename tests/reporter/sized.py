"""Machines with a size, a price and a demand, for tests of findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reporter.analysis.observed import Observed
from reporter.analysis.rightsizing import ResourceUse, SizeDemand
from reporter.asking.machines import Curve, LoadTest, Machine
from reporter.settings.rightsizing import DAY
from workload.prediction.findings import MachineResource

GIB = 2.0**30
STEP = 3600.0
LEVELS = np.array([50.0, 100.0])


def typed(
    name: str,
    most: float,
    price: float | None,
    *,
    kind: str = "",
    half: float = 0.5,
    memory: float | None = 8 * GIB,
    spread: float = 0.0,
) -> Machine:
    """A machine that does ``half`` of its work half busy; ``spread`` is that of its intervals."""
    units = np.array([most * half, most])
    bounds = units * (1 - spread), units * (1 + spread)
    curve = Curve(LEVELS, units, *bounds, LEVELS / 100, np.zeros(2))
    test = LoadTest("t", 1000.0, True, curve.at(100), None, curve)
    return Machine(
        name, "p", "r", instance_type=kind or name, price=price, test=test, memory_bytes=memory
    )


def untested(machine: Machine) -> Machine:
    return replace(machine, test=None)


def busy(*shares: float, days: float = 14.0) -> Observed:
    """Busy shares that take turns, an hour each, for so many days."""
    count = round(days * DAY / STEP)
    times = STEP * np.arange(1.0, count + 1)
    values = np.resize(np.array(shares), count)
    return Observed(times, np.full(count, STEP), values, STEP)


def demand(
    machine: Machine,
    cpu: float | None,
    memory: float | None = None,
    more: Sequence[tuple[MachineResource, ResourceUse]] = (),
    *,
    days: float = 14.0,
) -> SizeDemand:
    """What a machine needs that is always as busy; memory as a share of its own."""
    uses = dict(more)
    if cpu is not None:
        uses[MachineResource.CPU] = ResourceUse(cpu)
    if memory is not None:
        rate = memory * machine.memory_bytes if machine.memory_bytes else None
        uses[MachineResource.MEMORY] = ResourceUse(memory, rate)
    return SizeDemand(machine, None if cpu is None else busy(cpu, days=days), uses)
