"""CPU time follows the recording: at each look, what is still owed is laid out over the CPUs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cffi_burn.kernel import Kernel
from perfanalysis.errors import PerfAnalysisError
from workload.replaying.cpu.metering import CpuMeter, CpuReading
from workload.replaying.cpu.workers import CpuWorker
from workload.replaying.load import ResourceTick, Stopped
from workload.replaying.owing import OthersRate, lay_out, owed, split
from workload.replaying.replay_tick import ReplayTick

# Of the calls' own time in the kernel, before anything was counted.
SYSTEM_SHARE = 0.9


class _Place:
    """CPUs that follow one course together: its workers, and how its tick stands."""

    def __init__(self, workers: Sequence[CpuWorker]) -> None:
        self.workers = workers
        self.others = OthersRate()
        self.busy, self.system = math.nan, math.nan
        self.start = CpuReading(0.0, 0.0, 0.0)
        self.first = 0

    @property
    def spent(self) -> float:
        return sum(worker.spent for worker in self.workers)


class CpuLoad:
    """Drives CPUs.

    Args:
        cpus: their numbers.
        kernels: of plain work, and of system calls.
        meter: what counts; its places are all CPUs together, or each.
        per_core: whether each CPU follows its own course.
    """

    def __init__(
        self,
        cpus: Sequence[int],
        kernels: tuple[Kernel, Kernel],
        meter: CpuMeter,
        *,
        per_core: bool = False,
    ) -> None:
        self._workers = [CpuWorker(*kernels, cpu) for cpu in cpus]
        self._meter = meter
        self._per_core = per_core
        groups = [[worker] for worker in self._workers] if per_core else [self._workers]
        self._places = [_Place(group) for group in groups]
        self._started = 0.0
        self._tick = ReplayTick(0.0)

    def __enter__(self) -> CpuLoad:
        """Start the workers.

        Raises:
            PerfAnalysisError: a CPU or memory was refused.
        """
        for worker in self._workers:
            worker.launch()
        for worker in self._workers:
            worker.ready.wait()
            if worker.failure is not None:
                self.__exit__()
                raise PerfAnalysisError(
                    f"could not start a worker on CPU {worker.cpu}: {worker.failure.strerror}"
                )
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.join()

    def prepare(self, tick: ReplayTick, stopped: Stopped) -> None:
        """See ``Load.prepare``: there is nothing to do before."""

    def begin(self, tick: ReplayTick, at: float) -> None:
        """See ``Load.begin``."""
        self._tick, self._started = tick, at
        wanted = tick.of_cpus if self._per_core else ((tick.busy, tick.system),)
        if not wanted:
            wanted = ((math.nan, math.nan),) * len(self._places)
        for place, (busy, system), reading in zip(
            self._places, wanted, self._meter.read(), strict=True
        ):
            place.start = reading
            place.busy, place.system = busy, system

    def steer(self, at: float, until: float) -> None:
        """See ``Load.steer``."""
        gone, ahead = at - self._started, until - at
        if ahead <= 0:
            return
        for place, reading in zip(self._places, self._meter.read(), strict=True):
            counted = reading.since(place.start)
            others = place.others.look(at, reading.busy, place.spent)
            busy, system = self._owed(place, counted, gone, ahead, others)
            work = split(busy, system, SYSTEM_SHARE)
            count, quantum = len(place.workers), self._meter.quantum
            shares = lay_out(work, count, ahead, quantum, first=place.first)
            place.first = (place.first + 1) % len(place.workers)
            for worker, share in zip(place.workers, shares, strict=True):
                worker.order(at, until, share)

    def _owed(
        self, place: _Place, counted: CpuReading, gone: float, ahead: float, others: float
    ) -> tuple[float, float]:
        """Seconds of CPU time until the next look, and of those in the kernel."""
        if math.isnan(place.busy):
            return 0.0, 0.0
        capacity = self._meter.capacity
        busy = owed(min(1.0, place.busy) * capacity, gone, ahead, counted.busy, others)
        busy = min(busy, capacity * ahead)
        wanted = 0.0 if math.isnan(place.system) else min(1.0, place.system) * capacity
        return busy, min(busy, owed(wanted, gone, ahead, counted.system))

    def finish(self, at: float) -> list[ResourceTick]:
        """See ``Load.finish``."""
        del at
        passed = [
            reading.since(place.start)
            for place, reading in zip(self._places, self._meter.read(), strict=True)
        ]
        total = sum(one.total for one in passed)
        if total <= 0:
            return []
        busy = sum(one.busy for one in passed) / total
        system = sum(one.system for one in passed) / total
        found = [
            ResourceTick("cpu", self._tick.busy, busy, 1.0),
            ResourceTick("cpu_system", self._tick.system, system, 1.0),
        ]
        if self._per_core:
            found += [
                ResourceTick(f"cpu{place.workers[0].cpu}", place.busy, one.busy / one.total, 1.0)
                for place, one in zip(self._places, passed, strict=True)
                if one.total > 0
            ]
        return found
