"""What processes use while nobody disturbs them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.case import Settings
from benchmarks.made_fleet.running import INTERVAL
from benchmarks.process import cpu_seconds, resident_bytes
from benchmarks.statistics import median
from demo.servers import DemoServer

# Each machine was scraped several times, so that its series are no news.
SETTLING_SECONDS = 60.0
ROUND_SECONDS = 30.0
ROUNDS = 4


@dataclass(frozen=True)
class Watched:
    """CPU seconds a second of processes, a value a round, and their memory at the end, bytes."""

    cpu: dict[str, list[float]]
    memory: dict[str, float]

    def cores(self, name: str) -> float:
        """The median of a process' rounds."""
        return median(self.cpu[name]).value


def watch(settings: Settings, processes: Mapping[str, DemoServer], what: str) -> Watched:
    """What processes use within some rounds, after they have settled."""
    rounds, seconds = (2, INTERVAL) if settings.quick else (ROUNDS, ROUND_SECONDS)
    settings.say(f"{what}: {rounds} rounds of {seconds:.0f} s")
    time.sleep(3.0 * INTERVAL if settings.quick else SETTLING_SECONDS)
    cpu: dict[str, list[float]] = {name: [] for name in processes}
    for _ in range(rounds):
        before = {name: cpu_seconds(server.pid) for name, server in processes.items()}
        begin = time.monotonic()
        time.sleep(seconds)
        passed = time.monotonic() - begin
        for name, server in processes.items():
            cpu[name].append((cpu_seconds(server.pid) - before[name]) / passed)
    seen = Watched(cpu, {n: float(resident_bytes(server.pid)) for n, server in processes.items()})
    for name in processes:
        settings.say(f"{name}: {seen.cores(name):.3g} CPUs, {seen.memory[name] / 1e6:,.0f} MB")
    return seen
