"""A made fleet of machines with the week that each had, and types to move it to; seeded.

Machines are of 2 to 16 CPUs with 4 GiB each, as most are. Each is busy at its weekly peak by a
share that is drawn, and uses 30 to 80 % of its memory. Five kinds of week: office hours, evenings,
a nightly job, steady, and bursts at any time; in a few time zones, with 8 % of noise that lasts for
some steps. Memory follows a little. Types are four families (general purpose, much CPU, much
memory, older) of five sizes, whose prices go by size but for 3 % of discount a doubling and 8 % at
random.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from workload.planning.demand import JointDemand, OfferedMachine
from workload.planning.problem import Floats

STEP = 300.0
STEPS = 2016
GIB = float(1 << 30)
# Memory a CPU in GiB, work of a CPU, dollars an hour of a CPU.
_FAMILIES = {
    "general": (4.0, 1.0, 0.048),
    "compute": (2.0, 1.12, 0.0425),
    "memory": (8.0, 1.0, 0.064),
    "older": (4.0, 0.85, 0.037),
}
SIZES = (4, 8, 16, 32, 64)
# Busy at the weekly peak: as most fleets are, in which memory is short; and where CPU time is.
USUAL = (0.15, 0.6)
BUSY = (0.5, 1.0)
_SHAPES = ("office", "evening", "nightly", "steady", "bursts")


def demand(workloads: int, seed: int, busiest: tuple[float, float]) -> JointDemand:
    """What the machines asked for: CPU in CPUs of the general family, memory in bytes.

    Args:
        workloads: how many.
        seed: of all that is random.
        busiest: least and most that a machine is busy at its weekly peak.
    """
    random = np.random.default_rng(seed)
    amounts = np.empty((workloads, 2, STEPS))
    for number in range(workloads):
        cpus = random.choice((2, 4, 8, 16), p=(0.35, 0.35, 0.2, 0.1))
        shape = _shape(str(random.choice(_SHAPES, p=(0.4, 0.2, 0.15, 0.15, 0.1))), random)
        busy = shape / shape.max() * random.uniform(*busiest)
        amounts[number, 0] = cpus * busy
        memory = cpus * 4 * GIB * random.uniform(0.3, 0.8)
        amounts[number, 1] = memory * (0.9 + 0.1 * shape / shape.max())
    names = tuple(f"workload-{number:03}" for number in range(workloads))
    return JointDemand(names, ("cpu", "memory"), np.arange(float(STEPS)) * STEP, amounts)


def kinds(seed: int) -> list[OfferedMachine]:
    """The types; 30 % of CPU time and 10 % of memory stay free."""
    random = np.random.default_rng(seed)
    found = []
    for family, (memory, work, dollars) in _FAMILIES.items():
        for cpus in SIZES:
            price = dollars * cpus**0.955 * random.uniform(0.92, 1.08)
            capacity = {"cpu": 0.7 * cpus * work, "memory": 0.9 * cpus * memory * GIB}
            found.append(OfferedMachine(f"{family}.{cpus}", Decimal(f"{price:.6f}"), capacity))
    return found


def _shape(kind: str, random: np.random.Generator) -> Floats:
    """A week, from Monday on."""
    seconds = np.arange(STEPS) * STEP
    hour = (seconds / 3600 - random.choice((0, 0, 0, -6, 8)) + random.normal(0, 0.7)) % 24
    weekday = seconds // 86_400 < 5
    level = np.full(STEPS, 0.8)
    if kind == "office":
        level = (
            0.15 + np.exp(-(((hour - 11) / 2.5) ** 2)) + 0.9 * np.exp(-(((hour - 15) / 2.2) ** 2))
        )
        level = level * np.where(weekday, 1.0, 0.25)
    elif kind == "evening":
        level = (
            0.3 + 0.8 * np.exp(-(((hour - 20) / 3) ** 2)) + 0.3 * np.exp(-(((hour - 12) / 3) ** 2))
        )
        level = level * np.where(weekday, 1.0, 1.2)
    elif kind == "nightly":
        begin = random.uniform(0, 6)
        level = np.where((hour >= begin) & (hour < begin + random.uniform(0.5, 4)), 1.0, 0.05)
    elif kind == "bursts":
        level = np.full(STEPS, 0.15)
        for begin in random.integers(0, STEPS, random.integers(5, 30)):
            level[begin : begin + random.integers(1, 9)] += random.uniform(0.3, 1.2)
    return level * np.exp(0.08 * _noise(random))


def _noise(random: np.random.Generator) -> Floats:
    """Of deviation 1, each step like 0.8 of the one before."""
    noise = np.empty(STEPS)
    last = random.normal()
    for step, new in enumerate(random.normal(0, 0.6, STEPS)):
        last = 0.8 * last + new
        noise[step] = last
    return noise
