"""What the machine says of itself during a step: CPU time, throttling, pressure."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cffi_burn.worker import now
from loadtest.driving import proc_stat
from perfanalysis.machines import cgroups

PRESSURE = Path("/proc/pressure/cpu")
SYSTEM_CPUS = Path("/sys/devices/system/cpu")


@dataclass(frozen=True)
class Observation:
    """One reading of all counters.

    Attributes:
        time: CLOCK_MONOTONIC, seconds.
        cpu: of the used CPUs.
        own: CPU time of this process, seconds: its workers, and what watches them.
        throttled: periods in which the cgroup was throttled; None when it is not read.
        thermal: thermal throttle events of the used CPUs; None when the CPU does not count them.
        pressure: seconds in which some task waited for a CPU; None without PSI.
    """

    time: float
    cpu: proc_stat.CpuTime
    own: float
    throttled: int | None
    thermal: int | None
    pressure: float | None


class Observer:
    """Reads the counters of some CPUs; finds once which of them there are.

    Args:
        cpus: the used CPUs.
        throttling: whether to read how often the cgroup was throttled; where its quota is known,
            the run is held to it.
    """

    def __init__(self, cpus: Sequence[int], *, throttling: bool = True) -> None:
        self._cpus = tuple(cpus)
        folders = cgroups.cpu_folders() if throttling else []
        self._throttled = next(
            (path for folder in folders if (path := folder / "cpu.stat").is_file()), None
        )
        counters = [
            SYSTEM_CPUS / f"cpu{cpu}" / "thermal_throttle" / "core_throttle_count" for cpu in cpus
        ]
        self._thermal = [path for path in counters if path.is_file()]

    def read(self) -> Observation:
        """Read all counters now.

        Raises:
            PerfAnalysisError: /proc/stat cannot be read.
        """
        throttled = thermal = None
        pressure = None
        with contextlib.suppress(OSError, ValueError):
            if self._throttled is not None:
                throttled = parse_throttled(self._throttled.read_text())
        with contextlib.suppress(OSError, ValueError):
            if self._thermal:
                thermal = sum(int(path.read_text()) for path in self._thermal)
        with contextlib.suppress(OSError, ValueError):
            pressure = parse_pressure(PRESSURE.read_text())
        cpu, own = proc_stat.read(self._cpus), time.process_time()
        return Observation(now(), cpu, own, throttled, thermal, pressure)


def parse_throttled(cpu_stat: str) -> int | None:
    """``nr_throttled`` of a cgroup's cpu.stat, version 1 or 2; None when it has none."""
    for line in cpu_stat.splitlines():
        key, _, value = line.partition(" ")
        if key == "nr_throttled":
            return int(value)
    return None


def parse_pressure(text: str) -> float:
    """Seconds of ``some`` pressure in /proc/pressure/cpu.

    Raises:
        ValueError: it says something else.
    """
    for line in text.splitlines():
        if line.startswith("some "):
            return int(line.rpartition("total=")[2]) / 1_000_000
    raise ValueError("no line 'some'")
