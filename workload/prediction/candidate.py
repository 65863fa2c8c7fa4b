"""What a prediction may choose from: a measured machine, or a type of machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from workload.prediction.passing_noise import Passing

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WorkCurve:
    """Work by busy level of one machine, as its load test measured it; arrays of shape (levels,).

    Attributes:
        busy: ratio that was reached, 0 to 1, rising.
        units: work units per second of the whole machine.
        lower, upper: of the 95 % interval; NaN: unknown.
        single: units per second of one worker on one CPU; None: unknown.
        ladder: units per second by the number of workers, each of which keeps one CPU busy, cores
            filled first; without ``single`` and the full load, which are its ends.
        passing: works out what the run's slices tell of the noise within it, when it is asked:
            that is slow for long runs; None: there are no slices.
    """

    busy: Floats
    units: Floats
    lower: Floats
    upper: Floats
    single: float | None = None
    ladder: Mapping[int, float] = field(default_factory=dict)
    passing: Passing | None = None


@dataclass(frozen=True)
class Candidate:
    """A machine that one has or could have; what is unknown is None or "".

    Attributes:
        name: of the machine, or of the type where it stands for a type.
        curves: by kernel, one for each machine of it that was measured, the machines in the same
            order; none: nobody measured it, so that it is named and never ranked by work.
        measured: names of these machines, in their order; (): unknown.
        architecture: as of uname(2).
        price: for an hour, exact, in ``currency``, by ``purchase`` (``on_demand``, ``spot``...).
        disk_bytes, disk_operations: a second that it can do, reads and writes together.
        network_bytes: a second that it can do, each way.
        cpu_baseline: of a burstable type, the share of each CPU that it has for ever, 0 to 1.
    """

    name: str
    cpus: int
    memory_bytes: float
    curves: Mapping[str, tuple[WorkCurve, ...]] = field(default_factory=dict)
    provider: str = ""
    region: str = ""
    instance_type: str = ""
    architecture: str = ""
    price: Decimal | None = None
    currency: str = "USD"
    purchase: str = "on_demand"
    disk_bytes: float | None = None
    disk_operations: float | None = None
    network_bytes: float | None = None
    cpu_baseline: float | None = None
    measured: tuple[str, ...] = ()
