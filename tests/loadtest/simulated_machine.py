"""A machine whose true rate is known, and whose noise lasts as long as a test wants it to."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cffi_burn.worker import WorkerSlice
from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.settings import Settings, Target
from loadtest.driving.steps import Order, Round, judge, plan

# Units per second of all CPUs at full load.
TRUTH = 1000.0
# Between the rounds of a run.
PAUSE = 0.004
BEGIN = 1.5
# What a share of the time is slower by in the bimodal machine, and that share.
SLOWER, SHARE = 0.18, 0.3


@dataclass(frozen=True)
class Noise:
    """What a simulated machine suffers from; shares of the rate.

    Attributes:
        lasting: standard deviation of a noise that all levels share.
        seconds: its correlation time.
        bimodal: whether it is ``SLOWER`` for ``SHARE`` of the time instead, in random spells.
        drift: from the start to the end of 12 s.
        white: standard deviation of each slice's own noise.
        outliers: share of the slices that lose 5 to 40 %, as no counter shows.
        grain: the quanta are whole numbers of this, seconds.
    """

    lasting: float = 0.0
    seconds: float = 1.0
    bimodal: bool = False
    drift: float = 0.0
    white: float = 0.01
    outliers: float = 0.0
    grain: float = 0.0

    @property
    def mean(self) -> float:
        """The mean of the rate, over that without any noise."""
        return 1 - SLOWER * SHARE * self.bimodal - self.outliers * 0.225


class Machine:
    """Some CPUs, which together do ``TRUTH`` units a second at full load, each its part of it."""

    def __init__(
        self, random: np.random.Generator, noise: Noise, settings: Settings, cpus: int = 2
    ) -> None:
        self._random = random
        self._cpus = cpus
        self._noise = noise
        self._settings = settings
        self.elapsed = BEGIN
        self._slow = bool(random.random() < SHARE)
        self._state = float(random.normal())
        self._number = 0

    def run(self, target: Target, seconds: float) -> Round:
        """One round of a target."""
        self._number += 1
        self._pass(PAUSE)
        workers = target.workers or self._cpus
        share = target.busy / 100
        order = Order(target.busy, seconds, target.workers, self._number)
        pace = plan(self._settings, order, [share] * workers, self.elapsed)
        slices: list[list[WorkerSlice]] = [[] for _ in range(workers)]
        for number in range(pace.slices):
            start = pace.start + number * pace.slice_seconds
            rate = TRUTH / self._cpus * self._rate(pace.slice_seconds)
            for cpu, mine in enumerate(slices):
                busy = self._quantum(share, pace.slice_seconds)
                mine.append(WorkerSlice(start, pace.slice_seconds, busy, busy, busy * rate, 0, cpu))
        duration = pace.slices * pace.slice_seconds
        ticks = round(duration * 100 * workers)
        return Round(
            slices=judge(slices, range(workers), (), pace.slice_seconds),
            cpu=CpuTime(round(ticks * share), 0, ticks),
            own_seconds=share * duration * workers,
            pressure=None,
            bias=0.0,
            duration=duration,
        )

    def _quantum(self, share: float, length: float) -> float:
        """CPU time of one slice: of a full one, all of it."""
        grain, seconds = self._noise.grain, share * length
        if not grain or share == 1:
            return seconds
        return max(grain, grain * math.floor(seconds / grain + self._random.random()))

    def _rate(self, seconds: float) -> float:
        """The mean rate over the next slice, over that without noise."""
        noise = self._noise
        middle = self.elapsed + seconds / 2 - BEGIN
        rate = 1 + noise.drift * (middle / 12 - 0.5) + noise.white * self._random.normal()
        if self._random.random() < noise.outliers:
            rate -= self._random.uniform(0.05, 0.4)
        return float(max(0.05, rate + self._pass(seconds)))

    def _pass(self, seconds: float) -> float:
        """Let time pass; the mean of the lasting noise meanwhile."""
        self.elapsed += seconds
        if self._noise.bimodal:
            return -SLOWER * self._slow_share(seconds)
        return self._noise.lasting * self._wander(seconds) if self._noise.lasting else 0.0

    def _slow_share(self, seconds: float) -> float:
        """Both spells end at random, so that the correlation falls as it is asked to."""
        left, slow = seconds, 0.0
        while left > 0:
            length = self._noise.seconds / ((1 - SHARE) if self._slow else SHARE)
            spell = min(left, float(self._random.exponential(length)))
            slow += spell * self._slow
            left -= spell
            if left > 0:
                self._slow = not self._slow
        return slow / seconds

    def _wander(self, seconds: float) -> float:
        """The exact mean of an Ornstein-Uhlenbeck process, with its end."""
        tau = self._noise.seconds
        kept = math.exp(-seconds / tau)
        begin, first, second = self._state, *self._random.normal(size=2)
        self._state = kept * begin + math.sqrt(1 - kept**2) * float(first)
        variance = tau**2 * (2 * seconds / tau - 3 + 4 * kept - kept**2)
        common = tau * (1 - kept) ** 2 / math.sqrt(1 - kept**2)
        rest = math.sqrt(max(0.0, variance - common**2))
        return float(begin * tau * (1 - kept) + common * first + rest * second) / seconds


def elapsed_of(machine: Machine) -> Callable[[], float]:
    """The clock of a simulated run."""
    return lambda: machine.elapsed
