"""Which CPUs a run may use: affinity, the cgroup's quota, and what was asked for."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from perfanalysis.errors import InputError, MalformedError
from perfanalysis.machines import cpu_order
from perfanalysis.machines.cgroups import cpu_limit
from perfanalysis.machines.cpu_list import EXPECTED, format_cpu_list, parse_cpu_list


@dataclass(frozen=True)
class UsableCpus:
    """The CPUs of a run.

    Attributes:
        cpus: their numbers, at least one, in the order in which they are set to work: one thread of
            every core, then the other threads.
        quota: the CPU time that the cgroup allows a second, in CPUs; None: no limit.
        period: what the quota is counted over, seconds; None without a limit.
        root: holds sys.
    """

    cpus: tuple[int, ...]
    quota: float | None
    period: float | None = None
    root: Path = Path("/")

    @cached_property
    def cores(self) -> tuple[int, ...]:
        """The core of each CPU, see ``cpu_order.py``."""
        return cpu_order.cores_of(self.cpus, self.root)


def usable(asked: str | None, root: Path = Path("/")) -> UsableCpus:
    """The CPUs of this run.

    Without a list these are the CPUs of the affinity mask, cut to as many as the cgroup's quota
    needs: that of 1.5 CPUs, two.

    Args:
        asked: the value of ``--cpus``, or None.
        root: holds proc and sys.

    Raises:
        InputError: a CPU was asked for that this process may not use.
    """
    allowed = tuple(sorted(os.sched_getaffinity(0)))
    limit = cpu_limit(root / "proc", root / "sys/fs/cgroup")
    quota, period = (None, None) if limit is None else (limit.cpus, limit.seconds)
    if asked is not None:
        wanted = _wanted(asked)
        if refused := set(wanted) - set(allowed):
            expected = f"CPUs of {format_cpu_list(allowed)}"
            raise InputError("--cpus", "", expected, format_cpu_list(refused))
        return UsableCpus(_in_order(wanted, root), quota, period, root)
    return UsableCpus(_in_order(allowed, root)[: needed(len(allowed), quota)], quota, period, root)


def needed(cpus: int, quota: float | None) -> int:
    """How many of some CPUs a quota can keep busy."""
    return cpus if quota is None else min(cpus, math.ceil(quota))


def _in_order(cpus: tuple[int, ...], root: Path) -> tuple[int, ...]:
    return cpu_order.cores_first(cpus, cpu_order.cores_of(cpus, root))


def _wanted(asked: str) -> tuple[int, ...]:
    try:
        wanted = parse_cpu_list(asked, "--cpus")
    except MalformedError:
        wanted = ()
    if not wanted:
        raise InputError("--cpus", "", EXPECTED, asked)
    return wanted
