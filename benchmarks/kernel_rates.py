"""Rates of our kernels on one CPU, without the load test's pacing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from cffi_burn.kernel import Kernel, all_kernels
from cffi_burn.worker import Worker
from loadtest import worker_memory

# Work between two looks at the clock, seconds.
STRETCH_SECONDS = 0.01
Clock = Callable[[], float]


def find_kernels() -> dict[str, Kernel]:
    """All kernels with the memory that one worker of each takes on this machine."""
    cpu = max(os.sched_getaffinity(0))
    return {
        name: replace(kernel, memory_bytes=worker_memory.of_workers(kernel, (cpu,))[0])
        for name, kernel in all_kernels().items()
    }


def find_kernel(name: str) -> Kernel:
    """A kernel with the memory that it takes on this machine.

    Raises:
        KeyError: there is none of that name.
    """
    return find_kernels()[name]


@contextmanager
def pinned() -> Iterator[int]:
    """Keep the calling thread, and what it starts, on one of its CPUs; yields its number."""
    cpu = max(os.sched_getaffinity(0))
    with pinned_to([cpu]):
        yield cpu


@contextmanager
def pinned_to(cpus: Sequence[int]) -> Iterator[None]:
    """Keep the calling thread, and what it starts, on these of its CPUs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(cpus))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def working(kernel: Kernel, cpu: int) -> Iterator[Worker]:
    """A worker of the calling thread, whose memory is given back in the end."""
    worker = Worker(kernel, cpu)
    try:
        yield worker
    finally:
        worker.close()


def rate(worker: Worker, seconds: float, clock: Clock = time.thread_time) -> float:
    """Units a second over about ``seconds``, after a quarter of that for warming up.

    Args:
        worker: of the calling thread.
        seconds: by the clock.
        clock: CPU time of this thread, as the plain programs take it: another process on the CPU
            costs neither side anything but what it does to caches and memory.
    """
    grains = 1
    while (gone := _time(worker, grains, clock)) < STRETCH_SECONDS:
        grains = max(grains + 1, min(grains * 8, int(grains * 1.2 * STRETCH_SECONDS / gone)))
    _run_for(worker, grains, seconds / 4, clock)
    done, gone = _run_for(worker, grains, seconds, clock)
    return done / gone / worker.kernel.grains_per_unit


def rate_of_all(kernel: Kernel, cpus: Sequence[int], seconds: float, *, wall: bool = True) -> float:
    """Units a second of workers on all these CPUs at once, together.

    Args:
        kernel: with the memory that it takes.
        cpus: one worker each.
        seconds: how long.
        wall: of several workers: whether time on the wall counts, else the CPU time of each.
    """
    clock = time.perf_counter if wall and len(cpus) > 1 else time.thread_time
    ready = threading.Barrier(len(cpus))

    def work(cpu: int) -> float:
        with working(kernel, cpu) as worker:
            ready.wait()
            return rate(worker, seconds, clock)

    with ThreadPoolExecutor(len(cpus)) as pool:
        return sum(pool.map(work, cpus))


def _time(worker: Worker, grains: int, clock: Clock) -> float:
    begun = clock()
    worker.run(grains)
    return clock() - begun


def _run_for(worker: Worker, grains: int, seconds: float, clock: Clock) -> tuple[int, float]:
    begun, done = clock(), 0
    while (gone := clock() - begun) < seconds or not done:
        worker.run(grains)
        done += grains
    return done, gone
