"""Curves, candidates and use with values that a reader can check by eye."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from workload.prediction.candidate import Candidate, Floats, WorkCurve
from workload.prediction.usage import Usage

GIB = float(1 << 30)
TENTHS = tuple(level / 10 for level in range(1, 11))


def curve(
    units: Sequence[float],
    busy: Sequence[float] = TENTHS,
    *,
    error: float | None = None,
    single: float | None = None,
) -> WorkCurve:
    """A curve whose 95 % bounds are a share away; None: it has none."""
    values = np.array(units, dtype=np.float64)
    unknown = np.full(len(values), np.nan)
    lower = unknown if error is None else values * (1 - error)
    upper = unknown if error is None else values * (1 + error)
    return WorkCurve(np.array(busy, dtype=np.float64), values, lower, upper, single)


def straight(full: float, *, error: float | None = None, single: float | None = None) -> WorkCurve:
    """As much work for every tenth."""
    return curve([full * share for share in TENTHS], error=error, single=single)


def candidate(name: str, full: float, **more: Any) -> Candidate:
    """Two CPUs with 8 GiB and a straight curve of kernel rmw; a tenth of a cent for a unit."""
    price = Decimal(repr(full)) / 1000
    usual: dict[str, Any] = {"cpus": 2, "memory_bytes": 8 * GIB, "price": price}
    usual |= {"curves": {"rmw": (straight(full),)}, "architecture": "x86_64"}
    return Candidate(name, **(usual | more))


def usage(busy: Sequence[float], step: float = 60.0, **columns: Sequence[float] | Floats) -> Usage:
    """Use of a machine of 2 CPUs and 8 GiB, 2 GiB of it, whose disks and network are unknown."""
    count = len(busy)
    starts = np.arange(count) * step
    unknown = np.full(count, np.nan)
    values: dict[str, Any] = {
        "cpus": np.full(count, 2.0),
        "busy": np.array(busy, dtype=np.float64),
        "system": unknown,
        "steal": np.zeros(count),
        "memory_bytes": np.full(count, 2 * GIB),
        "memory_total_bytes": np.full(count, 8 * GIB),
        "disk_read_bytes": unknown,
        "disk_write_bytes": unknown,
        "disk_reads": unknown,
        "disk_writes": unknown,
        "network_receive_bytes": unknown,
        "network_transmit_bytes": unknown,
    }
    given = {name: np.array(column, dtype=np.float64) for name, column in columns.items()}
    return Usage("web-1", starts, starts + step, **(values | given))
