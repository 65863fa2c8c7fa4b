"""Other people's work on this machine: waited for before a measurement, and weighed after it."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from benchmarks.case import Settings
from loadtest.driving import proc_stat
from perfanalysis.errors import PerfAnalysisError

T = TypeVar("T")
QUIET_BUSY = 0.05
LONGEST_WAIT = 120.0
# Above this share of the CPUs' time a measurement is repeated, whichever side it belongs to.
OTHERS_LIMIT = 0.03
MOST_REPEATS = 3


@dataclass(frozen=True)
class Beside(Generic[T]):
    """What was measured, and the share of the CPUs' time (0..1) that others took meanwhile."""

    value: T
    others: float
    repeats: int


def wait_until_quiet() -> None:
    """Wait for a second in which the CPUs are nearly idle, for at most two minutes."""
    cpus = sorted(os.sched_getaffinity(0))
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        before = proc_stat.read(cpus)
        time.sleep(1.0)
        use = proc_stat.use(proc_stat.read(cpus) - before)
        if use is None or use.busy_ratio < QUIET_BUSY:
            return


def measured_quietly(settings: Settings, measure: Callable[[], T]) -> Beside[T]:
    """Measure on a quiet machine, again when others took more than ``OTHERS_LIMIT`` meanwhile.

    What ``measure`` does in processes of its own, waited for at its end, is not others' work.

    Args:
        settings: a quick run neither waits nor repeats.
        measure: returns the value; what it raises is not caught.

    Returns:
        The quietest of at most ``MOST_REPEATS`` measurements more than one.
    """
    found: list[Beside[T]] = []
    while True:
        if not settings.quick:
            wait_until_quiet()
        found.append(_measured(measure, len(found)))
        if settings.quick or found[-1].others <= OTHERS_LIMIT or len(found) > MOST_REPEATS:
            best = min(found, key=lambda entry: entry.others)
            return Beside(best.value, best.others, len(found) - 1)


def _measured(measure: Callable[[], T], repeats: int) -> Beside[T]:
    cpus = sorted(os.sched_getaffinity(0))
    before, own = proc_stat.read(cpus), _own_seconds()
    value = measure()
    passed, own = proc_stat.read(cpus) - before, _own_seconds() - own
    if passed.total <= 0:
        raise PerfAnalysisError("/proc/stat counted no time")
    busy = passed.busy / passed.total
    return Beside(value, busy - own * os.sysconf("SC_CLK_TCK") / passed.total, repeats)


def _own_seconds() -> float:
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    return total
