"""What the prediction of the observed work says of each machine beside its value. Pure.

It is that of ``workload predict`` (docs/prediction.md): bounds from the intervals of both load
tests, from how work may stand on CPUs, and from what means over intervals hide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from perfanalysis.estimates.statistics import Estimate
from reporter.analysis.observed import Observed
from reporter.asking.machines import Curve, Machine
from workload.prediction.band import Band
from workload.prediction.candidate import Candidate, WorkCurve
from workload.prediction.choice import choose
from workload.prediction.findings import MachineResource
from workload.prediction.predict import Predictor
from workload.prediction.prediction import Prediction
from workload.prediction.today import todays_finding
from workload.prediction.usage import Usage
from workload.prediction.wishes import Wishes

# At the 99th percentile a machine may be this busy, and its memory this full, and still fit.
BUSY_LIMIT = 0.9
MEMORY_LIMIT = 0.9
WISHES = Wishes(percentile=99.0, cpu_headroom=1 - BUSY_LIMIT, memory_headroom=1 - MEMORY_LIMIT)
_KERNEL = "reported"


@dataclass(frozen=True)
class FitBounds:
    """Of one machine.

    Attributes:
        p95, p99: predicted busy ratio.
        risk: share of the time in which the work would exceed the machine: its CPUs or memory.
        risk_of: the same of each resource that is known, by its name.
        count: the least and the most machines that carry the 99th percentile; None: unknown.
        refused: why the machine would not be recommended, in the words of a prediction; "".
    """

    p95: Estimate
    p99: Estimate
    risk: Estimate
    risk_of: Mapping[str, Estimate]
    count: tuple[int, int] | None
    refused: str


@dataclass(frozen=True)
class ObservedFinding:
    """What the observed machine is found to be, and the reason codes of its resources."""

    state: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class FitPrediction:
    """Bounds by machine, and the finding of the observed one."""

    bounds: Mapping[str, FitBounds]
    finding: ObservedFinding


def bounds_of(
    machines: Sequence[Machine], observed: Machine, busy: Observed, memory: Observed | None
) -> FitPrediction:
    """Predict the observed work on machines whose curves can be read.

    Args:
        machines: that have a load test.
        observed: where the work was seen.
        busy: its busy ratios, sample by sample.
        memory: its used ratios of memory; None: unknown.
    """
    source = _candidate(observed)
    others = [_candidate(one) for one in machines if one.name != observed.name]
    predictor = Predictor([source, *others], WISHES)
    found = predictor.predict(_usage(observed, busy, memory), source)
    refused = choose(found).refused
    every = {}
    for index, candidate in enumerate(found.candidates):
        why = refused[index]
        every[candidate.name] = _bounds(found, index, "" if why is None else str(why))
    finding = todays_finding(found)
    return FitPrediction(every, ObservedFinding(str(finding.state), tuple(finding.reasons)))


def work_curve(curve: Curve, single: float | None = None) -> WorkCurve:
    """A curve as predictions take it: by the busy ratios that were reached, as far as known."""
    reached = np.where(np.isfinite(curve.reached), curve.reached, curve.busy / 100)
    return WorkCurve(reached, curve.units, curve.lower, curve.upper, single)


def _candidate(machine: Machine) -> Candidate:
    assert machine.test
    return Candidate(
        machine.name,
        machine.cpus or 1,
        # Of unknown memory none is exceeded; that it is unknown stands in its column.
        machine.memory_bytes or math.inf,
        {_KERNEL: (work_curve(machine.test.curve, machine.test.single),)},
        machine.provider,
        machine.region,
        machine.instance_type,
        machine.architecture,
        Decimal(repr(machine.price)) if machine.price else None,
        measured=(machine.name,),
    )


def _usage(machine: Machine, busy: Observed, memory: Observed | None) -> Usage:
    unknown = np.full(busy.count, np.nan)
    used, total = unknown, machine.memory_bytes
    if memory is not None and memory.count and total:
        used = np.interp(busy.times, memory.times, memory.values, np.nan, np.nan) * total
    return Usage(
        machine.name,
        busy.times - busy.seconds,
        busy.times,
        np.full(busy.count, float(machine.cpus or 1)),
        busy.values,
        unknown,
        unknown,
        used,
        np.full(busy.count, total or np.nan),
        unknown,
        unknown,
        unknown,
        unknown,
        unknown,
        unknown,
    )


def _bounds(found: Prediction, index: int, refused: str) -> FitBounds:
    busy, machines = found.busy.at(index), found.machines.at(index)
    known = np.isfinite([machines.value, machines.upper]).all()
    count = (int(machines.lower), int(machines.upper)) if known else None
    risks = {_word(one): _estimate(band.at(index)) for one, band in found.risks.items()}
    return FitBounds(
        _estimate(busy, found.percents.index(95.0)),
        _estimate(busy, found.percents.index(99.0)),
        _estimate(found.risk.at(index)),
        {name: one for name, one in risks.items() if math.isfinite(one.value)},
        count,
        refused,
    )


def _estimate(band: Band, place: int | None = None) -> Estimate:
    values = (band.value, band.lower, band.upper)
    return Estimate(*(float(one if place is None else one[place]) for one in values))


def _word(resource: MachineResource) -> str:
    return str(resource).lower()
