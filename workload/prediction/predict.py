"""Predicts one machine's work on all candidates. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workload.prediction import exceeding
from workload.prediction.band import Band
from workload.prediction.candidate import Candidate, Floats
from workload.prediction.curve_table import table_of
from workload.prediction.demand import LIMITED, Demand, demand_of
from workload.prediction.distribution import Distribution
from workload.prediction.findings import MachineResource
from workload.prediction.pairing import Pairing
from workload.prediction.prediction import (
    PERCENTS,
    Prediction,
    counted_percentile,
    limit_of,
)
from workload.prediction.usage import Usage
from workload.prediction.wishes import Wishes

# Each holds some numbers for every candidate; work of the machines of a type is carried alike.
MOST_PAIRINGS = 256


@dataclass(frozen=True)
class KindRatios:
    """What candidates do of a kind of work, over what the source does: see docs/kinds.md.

    Attributes:
        ratios: by the candidate's name value and bounds of the 95 % interval.
    """

    ratios: Mapping[str, tuple[float, float, float]]

    def arrays(self, candidates: Sequence[Candidate]) -> tuple[Floats, Floats]:
        """(C,) the ratio, and half of the interval of its logarithm; NaN: unknown."""
        unknown = (math.nan, math.nan, math.nan)
        rows = np.array([self.ratios.get(one.name, unknown) for one in candidates])
        return rows[:, 0], np.log(rows[:, 2] / rows[:, 1]) / 2


class Predictor:
    """Candidates and wishes, made ready once for the work of many machines.

    Args:
        candidates: the measured ones and the others; none may have the name of another.
        wishes: what is wanted of them.

    Raises:
        ValueError: two candidates have one name.
    """

    def __init__(self, candidates: Sequence[Candidate], wishes: Wishes) -> None:
        if len({one.name for one in candidates}) < len(candidates):
            raise ValueError("expected candidates with a name of their own each")
        self.candidates = tuple(candidates)
        self.wishes = wishes
        self.kernels = kernels_of(candidates, wishes)
        self._table = table_of(self.candidates, self.kernels)
        self._limits = {
            resource: np.array([_number(limit_of(one, resource)) for one in candidates])
            for resource in LIMITED
        }
        # By the ids of source and kind, which therefore are kept beside the pairing.
        self._pairings: dict[tuple[int, float, int], tuple[Pairing, object, object]] = {}

    def predict(
        self, usage: Usage, source: Candidate | None, kind: KindRatios | None = None
    ) -> Prediction:
        """What a machine's work would be on each of them.

        Args:
            usage: of the machine.
            source: what it is measured as: itself, or its type; None: unknown.
            kind: what is known of its kind of work, in the place of kernels.
        """
        wishes = self.wishes
        demand = demand_of(usage, source, wishes.look_back_days)
        pairing = None if source is None else self._pairing(source, demand, kind)
        counted = counted_percentile(demand, wishes)
        percents = tuple(sorted({*PERCENTS, float(wishes.percentile)}))
        busy, upper = _percentiles(demand, percents)
        used = self._used(demand, percents)
        place = percents.index(counted)
        risks = exceeding.risks(demand, pairing, self._limits)
        nothing = np.full(len(self.candidates), math.nan)
        every = Band(*(np.full((len(self.candidates), len(percents)), math.nan) for _ in range(3)))
        return Prediction(
            demand,
            source,
            self.candidates,
            wishes,
            pairing,
            percents,
            counted,
            every if pairing is None else pairing.busy(busy, upper),
            nothing if pairing is None else _mean(pairing, demand.cpu),
            used,
            risks,
            exceeding.of_any(demand, pairing, self._limits, risks),
            self._machines(pairing, (busy[place], upper[place]), used, place, demand),
            nothing if pairing is None else _one_cpu(pairing, demand, counted),
        )

    def _pairing(self, source: Candidate, demand: Demand, kind: KindRatios | None) -> Pairing:
        packed = round(demand.concentration, 1)
        key = (id(source), packed, id(kind))
        if key not in self._pairings:
            while len(self._pairings) >= MOST_PAIRINGS:
                del self._pairings[next(iter(self._pairings))]
            self._pairings[key] = (self._paired(source, packed, kind), source, kind)
        return self._pairings[key][0]

    def _paired(self, source: Candidate, packed: float, kind: KindRatios | None) -> Pairing:
        same = np.array([one.name == source.name for one in self.candidates])
        curves, table = table_of((source,), self.kernels), self._table
        if kind is not None:
            curves = curves.of_kind(np.ones(1), np.zeros(1))
            table = table.of_kind(*kind.arrays(self.candidates))
        limit = 1 - self.wishes.cpu_headroom
        return Pairing(curves, table, self.wishes.mix, same, limit, packed)

    def _used(self, demand: Demand, percents: Sequence[float]) -> dict[MachineResource, Floats]:
        return {
            resource: np.array([of.percentile(one) for one in percents])
            / self._limits[resource][:, None]
            for resource, of in demand.limited.items()
        }

    def _machines(
        self,
        pairing: Pairing | None,
        busy: tuple[float, float],
        used: dict[MachineResource, Floats],
        place: int,
        demand: Demand,
    ) -> Band:
        """By CPU time, memory and what else has a limit; NaN where one that must be is unknown."""
        count = len(self.candidates)
        if pairing is None:
            return Band(*(np.full(count, math.nan) for _ in range(3)))
        cpu = pairing.machines(*busy)
        others = np.full(count, float(self.wishes.least))
        for resource, shares in used.items():
            memory = resource is MachineResource.MEMORY
            room = self.wishes.memory_headroom if memory else self.wishes.cpu_headroom
            needed = np.ceil(shares[:, place] / (1 - room) - 1e-9)
            others = np.maximum(others, needed) if memory else np.fmax(others, needed)
        others = np.fmax(others, self._lasting(pairing, demand))
        return Band(*(np.maximum(one, others) for one in (cpu.value, cpu.lower, cpu.upper)))

    def _lasting(self, pairing: Pairing, demand: Demand) -> Floats:
        """How many of a burstable type do the mean of the work for ever; NaN: it is none."""
        share = np.array([_number(one.cpu_baseline) for one in self.candidates])
        if np.isnan(share).all():
            return share
        most = _mean(pairing, demand.cpu, upper=True)
        needed: Floats = np.ceil(most / np.minimum(share, pairing.limit) - 1e-9)
        return needed


def kernels_of(candidates: Iterable[Candidate], wishes: Wishes) -> tuple[str, ...]:
    """The kernels that an answer stands on: those of the mix, or all that were measured."""
    if wishes.mix:
        return tuple(sorted(wishes.mix))
    return tuple(sorted({kernel for one in candidates for kernel in one.curves}))


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _percentiles(demand: Demand, percents: Sequence[float]) -> tuple[Floats, Floats]:
    """Busy ratios of the source, and what they may be at most within its intervals."""
    seen = np.array([demand.cpu.percentile(one) for one in percents])
    bursts = demand.usage.bursts
    if bursts is not None:
        return seen, np.fmax(seen, np.array([bursts.percentile(one) for one in percents]))
    return seen, np.fmax(seen, np.minimum(1.0, seen + exceeding.hidden_above(demand, percents)))


def _mean(pairing: Pairing, cpu: Distribution, *, upper: bool = False) -> Floats:
    """(C,) the mean of the busy ratio there: exact but for bends between the grid's points."""
    if not cpu.count:
        return np.full(len(pairing.same), math.nan)
    points, inside = pairing.points, np.minimum(cpu.values, 1.0)
    right = np.clip(np.searchsorted(points, inside), 1, len(points) - 1)
    share = (inside - points[right - 1]) / (points[right] - points[right - 1])
    # CPUs that were added since the curve was measured do more than all of it.
    weight = cpu.seconds / cpu.known_seconds * np.maximum(1.0, cpu.values)
    hats = np.bincount(right - 1, weight * (1 - share), len(points))
    hats += np.bincount(right, weight * share, len(points))
    curves = pairing.curves.upper if upper else pairing.curves.value
    found: Floats = curves @ hats
    return found


def _one_cpu(pairing: Pairing, demand: Demand, counted: float) -> Floats:
    busiest = demand.usage.busiest_cpu
    if busiest is None:
        return np.full(len(pairing.same), math.nan)
    return pairing.one_cpu(Distribution.of(busiest, demand.usage.seconds).percentile(counted))
