"""What a process costs, seen from outside: its CPU time and its resident memory."""

from __future__ import annotations

import time

import psutil

# The kernel's clock ids of processes (include/linux/posix-timers_types.h): the complement of the
# process id, and the clock in the low three bits; 2 is CPUCLOCK_SCHED, user and system time in ns.
CPUCLOCK_SCHED = 2


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all its threads and its living descendants, in seconds (ns clock).

    Source: clock_getcpuclockid(3), which makes the same clock id.

    Raises:
        OSError: there is no such process.
    """
    total = _clock_ns(pid)
    for child in psutil.Process(pid).children(recursive=True):
        try:
            total += _clock_ns(child.pid)
        except OSError:
            continue
    return total / 1e9


def _clock_ns(pid: int) -> int:
    return time.clock_gettime_ns((~pid << 3) | CPUCLOCK_SCHED)


def resident_bytes(pid: int) -> int:
    """Resident memory (VmRSS) of a process and its living descendants, in bytes.

    Raises:
        psutil.NoSuchProcess: there is no such process.
    """
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return sum(int(member.memory_info().rss) for member in family)
