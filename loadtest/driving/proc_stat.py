"""CPU time by /proc/stat: how busy some CPUs were between two moments.

Busy is all CPU time but idle, iowait and steal (https://docs.kernel.org/filesystems/proc.html,
section 1.7). Guest time is part of user time already.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from perfanalysis.errors import PerfAnalysisError

PROC_STAT = Path("/proc/stat")
# user nice system idle iowait irq softirq steal; guest and guest_nice follow and are not added.
_FIELDS = 8
_SYSTEM, _IDLE, _IOWAIT, _IRQ, _SOFTIRQ, _STEAL = 2, 3, 4, 5, 6, 7


@dataclass(frozen=True)
class CpuTime:
    """CPU time since boot, in clock ticks, summed over some CPUs."""

    busy: int
    steal: int
    total: int
    # In the kernel: system, irq and softirq.
    system: int = 0

    def __add__(self, other: CpuTime) -> CpuTime:
        return CpuTime(
            self.busy + other.busy,
            self.steal + other.steal,
            self.total + other.total,
            self.system + other.system,
        )

    def __sub__(self, other: CpuTime) -> CpuTime:
        return CpuTime(
            self.busy - other.busy,
            self.steal - other.steal,
            self.total - other.total,
            self.system - other.system,
        )


@dataclass(frozen=True)
class CpuUse:
    """Shares of CPU time between two moments, each 0..1."""

    busy_ratio: float
    steal_ratio: float


def parse(data: bytes, cpus: Iterable[int]) -> CpuTime:
    """Sum the lines of some CPUs.

    Args:
        data: the text of /proc/stat.
        cpus: their numbers.

    Raises:
        ValueError: a CPU has no line, or a line is no list of numbers; the text carries the line.
    """
    lines = _lines(data)
    wanted = {b"cpu%d" % cpu for cpu in cpus}
    _check(wanted, lines)
    if wanted == set(lines) - {b"cpu"} and b"cpu" in lines:
        # The sum line is cut to whole ticks once, the single lines once each.
        wanted = {b"cpu"}
    each = [_counters(name, lines[name]) for name in wanted]
    return CpuTime(
        busy=sum(time.busy for time in each),
        steal=sum(time.steal for time in each),
        total=sum(time.total for time in each),
        system=sum(time.system for time in each),
    )


def parse_each(data: bytes, cpus: Iterable[int]) -> list[CpuTime]:
    """The lines of some CPUs, in their order; see ``parse``."""
    lines = _lines(data)
    wanted = [b"cpu%d" % cpu for cpu in cpus]
    _check(set(wanted), lines)
    return [_counters(name, lines[name]) for name in wanted]


def _lines(data: bytes) -> dict[bytes, list[bytes]]:
    lines = {}
    for line in data.splitlines():
        if not line.startswith(b"cpu"):
            break
        name, *values = line.split()
        lines[name] = values
    return lines


def _check(wanted: set[bytes], lines: dict[bytes, list[bytes]]) -> None:
    if missing := wanted - set(lines):
        raise ValueError(f"no line for {', '.join(sorted(name.decode() for name in missing))}")


def _counters(name: bytes, values: list[bytes]) -> CpuTime:
    try:
        fields = [int(value) for value in values[:_FIELDS]]
    except ValueError as error:
        raise ValueError(f"expected counters in the line of {name.decode()}") from error
    if len(fields) <= _IOWAIT or min(fields) < 0:
        raise ValueError(f"expected at least five counters in the line of {name.decode()}")
    # Kernels before 2.6.11 have no steal; it is then no part of the sum.
    steal = fields[_STEAL] if len(fields) > _STEAL else 0
    total = sum(fields)
    system = fields[_SYSTEM] + sum(fields[_IRQ : _SOFTIRQ + 1])
    return CpuTime(total - fields[_IDLE] - fields[_IOWAIT] - steal, steal, total, system)


def read(cpus: Iterable[int]) -> CpuTime:
    """The CPU time of some CPUs now.

    Raises:
        PerfAnalysisError: /proc/stat cannot be read or says something else than expected.
    """
    try:
        return parse(PROC_STAT.read_bytes(), cpus)
    except (OSError, ValueError) as error:
        raise PerfAnalysisError(f"{PROC_STAT}: {error}") from error


def use(passed: CpuTime) -> CpuUse | None:
    """The shares of the time between two readings; None when no tick was counted between them.

    The kernel lets idle and iowait go back by a tick at times; a share then stays within 0..1.

    Args:
        passed: the difference of the readings.
    """
    if passed.total <= 0:
        return None
    return CpuUse(
        busy_ratio=min(1.0, max(0.0, passed.busy / passed.total)),
        steal_ratio=min(1.0, max(0.0, passed.steal / passed.total)),
    )
