"""A machine whose true rate is known, and whose noise lasts as long as a test wants it to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cffi_burn.worker import WorkerSlice
from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.settings import Settings, Target
from loadtest.driving.steps import MachineSlice, Order, Round, judge, plan

Array = NDArray[np.float64]

# Units per second of all CPUs at full load.
TRUTH = 1000.0
# Between the rounds of a run.
PAUSE = 0.004
BEGIN = 1.5
# What a share of the time is slower by in the bimodal machine, and that share.
SLOWER, SHARE = 0.18, 0.3
# A noise that lasts is drawn for at least so long at a time, seconds.
DRAWN = 20.0


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
        above: levels up to this one have a fifth of all noise; 0: none.
        apart: whether each level has a lasting noise of its own instead.
        bursts: share of the rounds in which others take half of every slice of one CPU.
        taken: whether others take 30 to 60 % of every slice, of each CPU for itself.
        unseen: share of the rounds that a neighbour slows by 15 to 35 %, as no counter shows.
    """

    lasting: float = 0.0
    seconds: float = 1.0
    bimodal: bool = False
    drift: float = 0.0
    white: float = 0.01
    outliers: float = 0.0
    grain: float = 0.0
    above: int = 0
    apart: bool = False
    bursts: float = 0.0
    taken: bool = False
    unseen: float = 0.0

    @property
    def mean(self) -> float:
        """The mean of the rate, over that without any noise; what others take is no noise."""
        of_slices = SLOWER * SHARE * self.bimodal + self.outliers * 0.225
        return 1 - of_slices - self.unseen * 0.25

    @property
    def skewed(self) -> bool:
        """Whether the median is another rate than the mean."""
        return self.bimodal or self.outliers > 0 or self.unseen > 0


class Lasting:
    """A noise that lasts: its sum from the start on at some times, between which it is even."""

    def __init__(self, random: np.random.Generator, noise: Noise) -> None:
        self._random = random
        self._noise = noise
        self._times, self._sums = np.zeros(1), np.zeros(1)
        self._state = float(random.random() < SHARE if noise.bimodal else random.normal())

    def means(self, edges: Array) -> Array:
        """The mean between each two of some times that follow each other."""
        while self._times[-1] < edges[-1]:
            steps, values = self._spells() if self._noise.bimodal else self._wandering()
            self._times = np.append(self._times, self._times[-1] + np.cumsum(steps))
            self._sums = np.append(self._sums, self._sums[-1] + np.cumsum(steps * values))
        found: Array = np.diff(np.interp(edges, self._times, self._sums)) / np.diff(edges)
        return found

    def _spells(self) -> tuple[Array, Array]:
        """Both end at random, so that the correlation falls as it is asked to."""
        pairs = int(DRAWN / self._noise.seconds) + 10
        lengths = self._noise.seconds / np.array([SHARE, 1 - SHARE])
        steps = self._random.exponential(lengths, (pairs, 2))
        values = np.tile([0.0, -SLOWER], (pairs, 1))
        if self._state:
            steps, values = steps[:, ::-1], values[:, ::-1]
        return steps.ravel(), values.ravel()

    def _wandering(self) -> tuple[Array, Array]:
        """An Ornstein-Uhlenbeck process, at fifty places in its correlation time."""
        step = self._noise.seconds / 50
        count = int(DRAWN / step) + 1
        kept = np.exp(-step / self._noise.seconds)
        drawn = np.sqrt(1 - kept**2) * self._random.normal(size=count)
        values, state = np.empty(count), self._state
        # In pieces, as kept**-length grows.
        for first in range(0, count, 500):
            part = drawn[first : first + 500]
            powers = kept ** np.arange(1, len(part) + 1)
            values[first : first + 500] = powers * (state + np.cumsum(part / powers))
            state = values[min(first + 500, count) - 1]
        self._state = float(state)
        return np.full(count, step), self._noise.lasting * values


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
        self._lasting: dict[Target | None, Lasting] = {}
        self._number = 0

    def run(self, target: Target, seconds: float) -> Round:
        """One round of a target."""
        self._number += 1
        workers, share = target.workers or self._cpus, target.busy / 100
        order = Order(target.busy, seconds, target.workers, self._number)
        pace = plan(self._settings, order, [share] * workers, self.elapsed + PAUSE)
        edges = pace.start + pace.slice_seconds * np.arange(pace.slices + 1)
        self.elapsed = float(edges[-1])
        rates = self._rates(target, edges)
        if self._random.random() < self._noise.unseen:
            rates *= self._random.uniform(0.65, 0.85)
        if self._noise.bursts or self._noise.taken:
            slices = self._disturbed(share, edges, rates, workers)
        else:
            slices = self._slices(share, edges, rates, workers)
        duration = pace.slices * pace.slice_seconds
        ticks = round(duration * 100 * workers)
        return Round(
            slices=slices,
            cpu=CpuTime(round(ticks * share), 0, ticks),
            own_seconds=share * duration * workers,
            pressure=None,
            bias=0.0,
            duration=duration,
        )

    def _slices(
        self, share: float, edges: Array, rates: Array, workers: int
    ) -> tuple[MachineSlice, ...]:
        """What the workers do together, undisturbed."""
        length = float(edges[1] - edges[0])
        busy = self._busy(share, length, workers, len(rates))
        units = TRUTH / self._cpus * workers * busy * rates
        return tuple(
            MachineSlice(start, length, rate * length, rate, rate, (), own)
            for start, rate, own in zip(edges.tolist(), units.tolist(), busy.tolist(), strict=False)
        )

    def _disturbed(
        self, share: float, edges: Array, rates: Array, workers: int
    ) -> tuple[MachineSlice, ...]:
        """The same, as each worker's own counters have it, of which others take a part."""
        length = float(edges[1] - edges[0])
        burst = self._random.random() < self._noise.bursts
        found: list[list[WorkerSlice]] = []
        for cpu in range(workers):
            lost = np.full(len(rates), 0.5 if burst and cpu == 0 else 0.0)
            if self._noise.taken:
                lost = self._random.uniform(0.3, 0.6, len(rates))
            used = share * length * (1 - lost)
            done = used * TRUTH / self._cpus * rates
            found.append(
                [
                    WorkerSlice(start, length, share * length, of_cpu, units, 0, cpu)
                    for start, of_cpu, units in zip(
                        edges.tolist(), used.tolist(), done.tolist(), strict=False
                    )
                ]
            )
        return judge(found, range(workers), (), length)

    def _busy(self, share: float, length: float, workers: int, slices: int) -> Array:
        """The workers' mean busy share of each slice: of a full one, all of it."""
        grain = self._noise.grain
        if not grain or share == 1:
            return np.full(slices, share)
        grains = np.floor(share * length / grain + self._random.random((workers, slices)))
        found: Array = np.maximum(1.0, grains).mean(axis=0) * grain / length
        return found

    def _rates(self, target: Target, edges: Array) -> Array:
        """The mean rate in each slice, over that without noise."""
        noise, count = self._noise, len(edges) - 1
        middles = (edges[:-1] + edges[1:]) / 2 - BEGIN
        found = noise.white * self._random.normal(size=count)
        lost = self._random.uniform(0.05, 0.4, count)
        found -= np.where(self._random.random(count) < noise.outliers, lost, 0.0)
        if noise.lasting or noise.bimodal:
            own = target if noise.apart else None
            if own not in self._lasting:
                self._lasting[own] = Lasting(self._random, noise)
            found += self._lasting[own].means(edges)
        found *= 0.2 if target.busy <= noise.above else 1.0
        return np.maximum(0.05, 1 + noise.drift * (middles / 12 - 0.5) + found)


def elapsed_of(machine: Machine) -> Callable[[], float]:
    """The clock of a simulated run."""
    return lambda: machine.elapsed
