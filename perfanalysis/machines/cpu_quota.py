"""The CPU time that a control group may use, in both versions of control groups. Pure.

Sources: ``cpu.max`` in the kernel's admin-guide/cgroup-v2.rst, and scheduler/sched-bwc.rst.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from perfanalysis.errors import MalformedError

# 2**64 - 1 has 20 digits.
_NUMBER = re.compile(rb"[0-9]{1,20}")
_MOST_SHOWN = 60


class CpuQuota(NamedTuple):
    """The CPU time that a group gets in a period, both in microseconds; None: no limit."""

    quota: int | None
    period: int

    @property
    def cpus(self) -> float | None:
        """The CPU time that it gets a second, in CPUs; None without a limit."""
        return self.quota / self.period if self.quota and self.period else None

    @property
    def seconds(self) -> float:
        """The period, seconds."""
        return self.period / 1_000_000


def parse_cpu_max(data: bytes) -> CpuQuota:
    """The quota of version 2's ``cpu.max``: ``max 100000``, ``150000 100000``.

    Raises:
        MalformedError: it is something else.
    """
    quota, _, period = data.strip().partition(b" ")
    if not (quota == b"max" or _NUMBER.fullmatch(quota)) or not _NUMBER.fullmatch(period):
        raise MalformedError(f"cpu.max: expected 'QUOTA PERIOD', found {_shown(data)}")
    return CpuQuota(None if quota == b"max" else int(quota), int(period))


def parse_cfs_quota(quota: bytes, period: bytes) -> CpuQuota:
    """The quota of version 1: ``cpu.cfs_quota_us`` (-1 for none) and ``cpu.cfs_period_us``.

    Raises:
        MalformedError: one of the two is something else.
    """
    quota, period = quota.strip(), period.strip()
    if quota != b"-1" and not _NUMBER.fullmatch(quota):
        raise MalformedError(f"cpu.cfs_quota_us: expected -1 or a number, found {_shown(quota)}")
    if not _NUMBER.fullmatch(period):
        raise MalformedError(f"cpu.cfs_period_us: expected a number, found {_shown(period)}")
    return CpuQuota(None if quota == b"-1" else int(quota), int(period))


def _shown(data: bytes) -> str:
    return repr(data[:_MOST_SHOWN].decode("utf-8", "replace"))
