"""What one machine's work would be on each candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workload.prediction import passing
from workload.prediction.band import Band
from workload.prediction.candidate import Candidate, Floats
from workload.prediction.demand import LIMITED, Demand
from workload.prediction.distribution import fewest_values
from workload.prediction.findings import MachineResource
from workload.prediction.pairing import Pairing
from workload.prediction.wishes import HOURS_A_MONTH, Wishes

PERCENTS = (50.0, 95.0, 99.0, 99.5, 100.0)


@dataclass(frozen=True)
class Prediction:
    """Arrays over candidates (C), and over ``percents`` (Q); NaN: unknown.

    Attributes:
        demand: of the machine.
        source: what it is measured as; None: unknown, so that nothing is said of CPU time.
        candidates: in the order of the arrays.
        wishes: what was asked for.
        pairing: of source and candidates; None as for ``source``.
        percents: percentiles of use over time; 100 is the maximum.
        counted: the percentile that stands for the demand: the one that was wished, or 100 where
            there are too few intervals for it.
        busy: (C, Q) of the CPUs; above 1 as a multiple of the machine.
        mean: (C,) the same, over all the time that is known.
        used: (C, Q) shares of memory, disks and network; only where a limit is known.
        risks: (C,) shares of the time in which the demand exceeds the machine.
        risk: (C,) the same of any resource whose limit is known.
        machines: (C,) how many carry the work with the head room that was wished for, and at least
            as many as were; the bounds by the least and the most that the CPUs may need.
        one_cpu: (C,) how busy the work of the busiest CPU keeps one, at the counted percentile.
    """

    demand: Demand
    source: Candidate | None
    candidates: tuple[Candidate, ...]
    wishes: Wishes
    pairing: Pairing | None
    percents: tuple[float, ...]
    counted: float
    busy: Band
    mean: Floats
    used: Mapping[MachineResource, Floats]
    risks: Mapping[MachineResource, Band]
    risk: Band
    machines: Band
    one_cpu: Floats

    @property
    def place(self) -> int:
        """Of the counted percentile among ``percents``."""
        return self.percents.index(self.counted)

    @cached_property
    def measured(self) -> NDArray[np.bool_]:
        """(C,) of which candidates the CPU time is told: others are named, and have no rank."""
        if self.pairing is None:
            return np.zeros(len(self.candidates), dtype=np.bool_)
        return self.pairing.measured

    @property
    def today(self) -> int | None:
        """The place of the source among the candidates; None: it is none."""
        if self.pairing is None or not self.pairing.same.any():
            return None
        return int(np.flatnonzero(self.pairing.same)[0])

    @property
    def is_lower_bound(self) -> bool:
        """Whether the machine was saturated at the counted percentile: it may have needed more."""
        return bool(self.demand.censored > 1 - min(self.counted, 99.9999) / 100)

    def head_room(self) -> Band:
        """(C, Q) share of the CPUs that is left; below 0: what is missing."""
        return Band(1 - self.busy.value, 1 - self.busy.upper, 1 - self.busy.lower)

    def busy_over_time(self, index: int) -> Band:
        """(intervals,) predicted busy ratio of one candidate; NaN where it is unknown.

        The bounds are of each interval by itself: noise that passes is in them (``passing.py``).
        """
        busy, pairing = self.demand.busy, self.pairing
        if pairing is None:
            return Band(*(np.full(len(busy), np.nan) for _ in range(3)))
        if pairing.same[index]:
            return Band(busy, busy, busy)
        rows = pairing.curves.at(index)

        def there(row: Floats, here: Floats) -> Floats:
            return np.interp(here, pairing.points, row) * np.fmax(1.0, here)

        value = there(rows.value, busy)
        down, up = self._passing(index)
        below = np.hypot(value - there(rows.lower, busy), value - there(rows.value, busy - down))
        above = np.hypot(there(rows.upper, busy) - value, there(rows.value, busy + up) - value)
        return Band(value, np.maximum(value - below, 0.0), value + above)

    def _passing(self, index: int) -> tuple[Floats, Floats]:
        """(intervals,) how far the source's busy ratio reaches down and up by passing noise."""
        usage, pairing, source = self.demand.usage, self.pairing, self.source
        assert pairing is not None and source is not None
        kernels = tuple(self.wishes.mix) or pairing.table.kernels
        own, other = (
            passing.half_widths(one, kernels, usage.seconds)
            for one in (source, self.candidates[index])
        )
        counting = passing.counted(usage.cpus, usage.seconds)
        return passing.reach(self.demand.busy, np.hypot(own, other), counting)

    def used_over_time(self, index: int, resource: MachineResource) -> Floats:
        """(intervals,) the share that would be used of a resource of one candidate."""
        if resource is MachineResource.CPU:
            return self.busy_over_time(index).value
        limit = limit_of(self.candidates[index], resource)
        return self.demand.of(resource) / (np.nan if limit is None else limit)

    def month(self, index: int) -> Decimal | None:
        """What the machines needed cost in a month of 730 hours; None: unknown."""
        hour = self.hour(index)
        return None if hour is None else hour * int(HOURS_A_MONTH)

    def hour(self, index: int) -> Decimal | None:
        """What the machines needed cost in an hour; None: unknown."""
        price, count = self.candidates[index].price, self.machines.upper[index]
        return None if price is None or not np.isfinite(count) else price * int(count)

    def saving(self, index: int) -> Decimal | None:
        """What a candidate costs less in a month than the machine of today; None: unknown."""
        today, month = self.source, self.month(index)
        if month is None or today is None or today.price is None:
            return None
        if today.currency != self.candidates[index].currency:
            return None
        return today.price * int(HOURS_A_MONTH) - month

    def unchecked(self, index: int) -> list[MachineResource]:
        """Resources of which there is a demand, and no limit of this candidate."""
        candidate = self.candidates[index]
        return [
            one
            for one in LIMITED
            if one in self.demand.limited and limit_of(candidate, one) is None
        ]


def limit_of(candidate: Candidate, resource: MachineResource) -> float | None:
    """What a candidate has of a resource: bytes, or bytes or operations a second; None: unknown."""
    return {
        MachineResource.MEMORY: candidate.memory_bytes,
        MachineResource.DISK_THROUGHPUT: candidate.disk_bytes,
        MachineResource.DISK_OPERATIONS: candidate.disk_operations,
        MachineResource.NETWORK: candidate.network_bytes,
    }.get(resource)


def counted_percentile(demand: Demand, wishes: Wishes) -> float:
    """The percentile that was wished, or 100: the maximum stands in where values are too few."""
    enough = demand.cpu.count >= fewest_values(wishes.percentile)
    return float(wishes.percentile) if enough else 100.0
