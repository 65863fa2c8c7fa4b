"""Rates of our kernels on one CPU, without the load test's pacing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cffi_burn.kernel import Kernel, all_kernels
from cffi_burn.worker import Worker
from loadtest import worker_memory

# Work between two looks at the clock, seconds.
STRETCH_SECONDS = 0.01


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
    before = os.sched_getaffinity(0)
    cpu = max(before)
    os.sched_setaffinity(0, {cpu})
    try:
        yield cpu
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


def rate(worker: Worker, seconds: float) -> float:
    """Units a second of CPU time over about ``seconds``, after a quarter of that for warming up.

    CPU time of this thread, as the plain programs take it: another process on the CPU costs neither
    side anything but what it does to caches and memory.
    """
    grains = 1
    while (gone := _time(worker, grains)) < STRETCH_SECONDS:
        grains = max(grains + 1, min(grains * 8, int(grains * 1.2 * STRETCH_SECONDS / gone)))
    _run_for(worker, grains, seconds / 4)
    done, gone = _run_for(worker, grains, seconds)
    return done / gone / worker.kernel.grains_per_unit


def _time(worker: Worker, grains: int) -> float:
    begun = time.thread_time()
    worker.run(grains)
    return time.thread_time() - begun


def _run_for(worker: Worker, grains: int, seconds: float) -> tuple[int, float]:
    begun, done = time.thread_time(), 0
    while (gone := time.thread_time() - begun) < seconds or not done:
        worker.run(grains)
        done += grains
    return done, gone
