"""Both exporters scraped in turns, in rounds, and what that cost each of them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np

from benchmarks.case import Settings
from benchmarks.exporters import Pair, RunningExporter
from benchmarks.process import cpu_seconds, resident_bytes


@dataclass(frozen=True)
class RoundsPlan:
    """How much is measured.

    Args:
        repetitions: how often both processes are started anew.
        rounds: rounds of one repetition.
        scrapes: scrapes of each side in one round.
        warm_up: scrapes of each side before the first round, not measured.
    """

    repetitions: int
    rounds: int
    scrapes: int
    warm_up: int

    @property
    def per_process(self) -> int:
        """Scrapes that one process has answered at the end of its repetition."""
        return self.warm_up + self.rounds * self.scrapes


@dataclass
class SideSamples:
    """What was measured of one side: seconds and bytes."""

    cpu_per_scrape: list[float] = field(default_factory=list)
    latency_median: list[float] = field(default_factory=list)
    latency_p99: list[float] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)


def measure(pair: Pair, plan: RoundsPlan, settings: Settings) -> tuple[SideSamples, SideSamples]:
    """Scrape both sides in alternating rounds.

    The side that goes first changes from round to round, so that what drifts meets both alike.

    Returns:
        Samples of ours and of the peer. ``cpu_per_scrape`` and the latencies: one a round;
        ``resident``: one a repetition, at its end.

    Raises:
        PerfAnalysisError: a side ended, or did not answer a scrape with 200.
    """
    samples = (SideSamples(), SideSamples())
    for repetition in range(plan.repetitions):
        settings.say(f"repetition {repetition + 1} of {plan.repetitions}")
        with ExitStack() as stack:
            sides = [
                stack.enter_context(RunningExporter(side, settings.folder / f"{number}.log"))
                for number, side in enumerate((pair.ours, pair.peer))
            ]
            for side in sides:
                for _ in range(plan.warm_up):
                    side.scraper.get()
            for number in range(plan.rounds):
                order = (0, 1) if (number + repetition) % 2 == 0 else (1, 0)
                for index in order:
                    _round(sides[index], plan.scrapes, samples[index])
            for side, kept in zip(sides, samples, strict=True):
                kept.resident.append(resident_bytes(side.pid))
    return samples


def _round(side: RunningExporter, scrapes: int, kept: SideSamples) -> None:
    before = cpu_seconds(side.pid)
    latencies = [side.scraper.timed() for _ in range(scrapes)]
    kept.cpu_per_scrape.append((cpu_seconds(side.pid) - before) / scrapes)
    median, p99 = np.quantile(latencies, [0.5, 0.99])
    kept.latency_median.append(float(median))
    kept.latency_p99.append(float(p99))
