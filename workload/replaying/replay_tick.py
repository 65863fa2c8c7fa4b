"""One tick of a replay: what is wanted of the target in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

NAN = float("nan")


class DiskRates(NamedTuple):
    """Of one device, a second."""

    read_bytes: float
    write_bytes: float
    reads: float
    writes: float


@dataclass(frozen=True)
class ReplayTick:
    """What is wanted in one tick; NaN where the recording does not know.

    Attributes:
        seconds: its length on the target's clock.
        busy: share of the target's CPU time, 0 to 1; above 1: it needs more than the target has.
        system: the part of it in the kernel.
        of_cpus: the same two for each CPU of the target; empty: wherever.
        memory_bytes: that shall not be available at the tick's end.
        page_cache_bytes: pages of files at the tick's end.
        disks: by the recorded device.
        receive_bytes, transmit_bytes: of the network, a second.
    """

    seconds: float
    busy: float = NAN
    system: float = NAN
    of_cpus: tuple[tuple[float, float], ...] = ()
    memory_bytes: float = NAN
    page_cache_bytes: float = NAN
    disks: Mapping[str, DiskRates] = field(default_factory=dict)
    receive_bytes: float = NAN
    transmit_bytes: float = NAN
