"""Simulated runs of machines with a known truth, as documents that a comparison takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from perfanalysis.results.document import Document, Level
from perfanalysis.results.machine import Machine

LEVELS = tuple(range(10, 101, 10))
# Ten levels, one worker, and the maximum, which is the level 100.
FIGURES = len(LEVELS) + 2
# What a run knows of itself: too little, as its slices always say.
HALF = 0.001


class Simulation:
    """Runs whose figures are each off by their own share of the spread."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self._runs = 0

    def run(
        self, truth: float, spread: float, machine: str = "web-1", slower: float = 0.0
    ) -> Document:
        """One run; ``slower`` is by what share of the truth full load alone is less."""
        self._runs += 1
        rates = truth * np.exp(spread * self.random.standard_normal(len(LEVELS) + 1))
        rates[-2] *= 1 - slower
        levels = tuple(
            Level(
                busy=busy, units_per_second=rate, lower=rate * (1 - HALF), upper=rate * (1 + HALF)
            )
            for busy, rate in zip(LEVELS, map(float, rates), strict=False)
        )
        return Document(
            test_id=f"run-{self._runs}",
            kernel="rmw",
            kernel_version="1",
            profile="default",
            timestamp_seconds=1795464900.0 + self._runs,
            valid=True,
            single_units_per_second=float(rates[-1]),
            levels=levels,
            machine=Machine(name=machine, logical_cpus=2, used_cpus=(0, 1)),
            max_units_per_second=levels[-1].units_per_second,
        )

    def runs(
        self, count: int, truth: float, spread: float, machine: str = "web-1"
    ) -> list[Document]:
        """Several runs of one machine."""
        return [self.run(truth, spread, machine) for _ in range(count)]

    def fleet(self, truths: Iterable[float], runs: int, spread: float) -> list[Document]:
        """Some runs of each of several machines."""
        return [
            run
            for number, truth in enumerate(truths)
            for run in self.runs(runs, truth, spread, f"web-{number}")
        ]

    def truths(self, count: int, between: float) -> Sequence[float]:
        """What machines of one type do that differ by so much."""
        return [float(v) for v in 1000 * np.exp(between * self.random.standard_normal(count))]
