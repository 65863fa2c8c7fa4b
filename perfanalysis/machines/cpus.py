"""Which CPUs a run may use: affinity, the cgroup's quota, and what was asked for."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from perfanalysis.errors import InputError, MalformedError
from perfanalysis.machines.cgroups import cpu_quota
from perfanalysis.machines.cpu_list import EXPECTED, format_cpu_list, parse_cpu_list


@dataclass(frozen=True)
class UsableCpus:
    """The CPUs of a run.

    Attributes:
        cpus: their numbers, ascending, at least one.
        quota: the CPU time that the cgroup allows a second, in CPUs; None: no limit.
    """

    cpus: tuple[int, ...]
    quota: float | None


def usable(asked: str | None) -> UsableCpus:
    """The CPUs of this run.

    Without a list these are the CPUs of the affinity mask, cut to as many whole CPUs as the
    cgroup's quota allows, so that the full load is never throttled; but always at least one.

    Args:
        asked: the value of ``--cpus``, or None.

    Raises:
        InputError: a CPU was asked for that this process may not use.
    """
    allowed = tuple(sorted(os.sched_getaffinity(0)))
    quota = cpu_quota()
    if asked is not None:
        wanted = _wanted(asked)
        if refused := set(wanted) - set(allowed):
            expected = f"CPUs of {format_cpu_list(allowed)}"
            raise InputError("--cpus", "", expected, format_cpu_list(refused))
        return UsableCpus(wanted, quota)
    if quota is not None:
        allowed = allowed[: max(1, math.floor(quota))]
    return UsableCpus(allowed, quota)


def _wanted(asked: str) -> tuple[int, ...]:
    try:
        wanted = parse_cpu_list(asked, "--cpus")
    except MalformedError:
        wanted = ()
    if not wanted:
        raise InputError("--cpus", "", EXPECTED, asked)
    return wanted
