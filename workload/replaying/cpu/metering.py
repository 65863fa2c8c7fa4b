"""CPU time that counts as reached: of the machine's CPUs, a control group, or of replay alone."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from cffi_burn.worker import now
from loadtest.driving import proc_stat
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.machines import cgroups

HUNDREDTH = 1 / os.sysconf("SC_CLK_TCK")
MICROSECOND = 1e-6
NANOSECOND = 1e-9


class CpuReading(NamedTuple):
    """Seconds of CPU time so far, of one place: all CPUs together, or one of them.

    Attributes:
        busy: not idle, iowait or steal.
        system: the part of it in the kernel.
        total: what there was, steal included.
    """

    busy: float
    system: float
    total: float

    def since(self, before: CpuReading) -> CpuReading:
        """What was added; counters of the kernel may go back by a tick."""
        return CpuReading(*(max(0.0, a - b) for a, b in zip(self, before, strict=True)))


class CpuMeter(Protocol):
    """Reads CPU time.

    Attributes:
        quantum: seconds of CPU time that are counted right wherever they lie; 0: any are.
        capacity: CPU seconds a second of one place.
    """

    quantum: float
    capacity: float

    def read(self) -> list[CpuReading]:
        """One for each place.

        Raises:
            PerfAnalysisError: the counters cannot be read.
        """


class MachineMeter:
    """/proc/stat: all that these CPUs do, whoever does it.

    Args:
        cpus: their numbers.
        per_core: whether each is a place of its own.
    """

    def __init__(self, cpus: Sequence[int], *, per_core: bool = False) -> None:
        self._cpus = tuple(cpus)
        self._per_core = per_core
        self.quantum = time.clock_getres(_COARSE)
        self.capacity = 1.0 if per_core else float(len(cpus))

    def read(self) -> list[CpuReading]:
        """See ``CpuMeter.read``."""
        if not self._per_core:
            return [_reading(proc_stat.read(self._cpus))]
        try:
            each = proc_stat.parse_each(proc_stat.PROC_STAT.read_bytes(), self._cpus)
        except (OSError, ValueError) as error:
            raise PerfAnalysisError(f"{proc_stat.PROC_STAT}: {error}") from error
        return [_reading(found) for found in each]


# No name in Python's time module; its resolution is the length of the kernel's tick.
_COARSE = 6


def _reading(found: proc_stat.CpuTime) -> CpuReading:
    return CpuReading(found.busy * HUNDREDTH, found.system * HUNDREDTH, found.total * HUNDREDTH)


class GroupMeter:
    """A control group with a quota: what all of its processes use of that.

    Args:
        quota: CPU time that it gets a second, in CPUs.
        usage: the file that counts its use: ``cpu.stat`` of version 2, ``cpuacct.usage`` of 1.
    """

    quantum = 0.0

    def __init__(self, quota: float, usage: Path) -> None:
        self.capacity = quota
        self._usage = usage

    def read(self) -> list[CpuReading]:
        """See ``CpuMeter.read``."""
        try:
            busy, system = parse_group_usage(self._usage.read_text())
        except (OSError, ValueError) as error:
            raise PerfAnalysisError(f"{self._usage}: {error}") from error
        if system is None:
            # Version 1 counts the parts by ticks of its own; those of this process are as good.
            system = resource.getrusage(resource.RUSAGE_SELF).ru_stime
        return [CpuReading(busy, system, now() * self.capacity)]


def parse_group_usage(text: str) -> tuple[float, float | None]:
    """Seconds of CPU time, and of those in the kernel (None: unknown).

    Args:
        text: of version 2's ``cpu.stat`` (microseconds) or version 1's ``cpuacct.usage``
            (nanoseconds).

    Raises:
        ValueError: it is neither.
    """
    if text.strip().isdecimal():
        return int(text) * NANOSECOND, None
    fields = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    if "usage_usec" not in fields:
        raise ValueError("expected usage_usec, or one number")
    system = int(fields["system_usec"]) * MICROSECOND if "system_usec" in fields else None
    return int(fields["usage_usec"]) * MICROSECOND, system


class OwnMeter:
    """What this process uses, as if nothing else were there.

    Args:
        capacity: CPU time that counts as all, in CPUs.
    """

    quantum = 0.0

    def __init__(self, capacity: float) -> None:
        self.capacity = capacity

    def read(self) -> list[CpuReading]:
        """See ``CpuMeter.read``."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return [CpuReading(used.ru_utime + used.ru_stime, used.ru_stime, now() * self.capacity)]


def group_usage_file(
    proc: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")
) -> Path | None:
    """Where the use of the group is counted whose quota is the tightest; None: nowhere."""
    limit = cgroups.cpu_quota(proc, root)
    for folder in cgroups.cpu_folders(proc, root):
        alone = cgroups.quota_of(folder)
        if alone is None or alone.cpus != limit:
            continue
        beside = (
            root / "cpuacct" / folder.relative_to(root / "cpu") if _old(folder, root) else folder
        )
        for path in (folder / "cpuacct.usage", beside / "cpuacct.usage", folder / "cpu.stat"):
            if path.is_file() and _counts(path):
                return path
    return None


def _old(folder: Path, root: Path) -> bool:
    return folder.is_relative_to(root / "cpu")


def _counts(path: Path) -> bool:
    try:
        parse_group_usage(path.read_text())
    except (OSError, ValueError):
        return False
    return True
