"""The share of the time in which a demand exceeds a machine: the performance risk. Pure.

AWS Compute Optimizer calls the same question by the same name, and does not say what it is made of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np

from workload.prediction.band import Band
from workload.prediction.candidate import Floats
from workload.prediction.demand import Demand
from workload.prediction.findings import MachineResource
from workload.prediction.pairing import Pairing

# Of bursts that an interval hides, the maximum counts as this percentile of a normal distribution,
# and a share of the time is asked so many standard deviations lower.
_MAXIMUM = 99.87
_DEVIATIONS = 1.96


def hidden_above(demand: Demand, percents: Sequence[float]) -> Floats:
    """How far above each percentile the seconds of an interval may be."""
    if not math.isfinite(demand.hidden):
        return np.full(len(percents), math.nan)
    factors = [NormalDist().inv_cdf(min(one, _MAXIMUM) / 100) for one in percents]
    return demand.hidden * np.maximum(0.0, factors)


def risks(
    demand: Demand, pairing: Pairing | None, limits: Mapping[MachineResource, Floats]
) -> dict[MachineResource, Band]:
    """(C,) by resource; NaN where a limit or a curve is unknown."""
    found = {}
    if pairing is not None and demand.cpu.count:
        found[MachineResource.CPU] = _of_cpu(demand, pairing)
    for resource, distribution in demand.limited.items():
        share = distribution.share_above(limits[resource])
        found[resource] = Band(share, share, share)
    return found


def of_any(
    demand: Demand,
    pairing: Pairing | None,
    limits: Mapping[MachineResource, Floats],
    by_resource: Mapping[MachineResource, Band],
) -> Band:
    """(C,) the share of the time in which any demand exceeds, of those that are known.

    The lower bound is that of the resource which exceeds most, the upper one as if no two exceeded
    together.
    """
    if not by_resource:
        nothing = np.full(len(next(iter(limits.values()))), math.nan)
        return Band(nothing, nothing, nothing)
    bands = list(by_resource.values())
    value = np.fmax.reduce([one.value for one in bands])
    lower = np.fmax.reduce([one.lower for one in bands])
    upper = np.minimum(1.0, np.nansum([one.upper for one in bands], axis=0))
    several = np.sum([np.nan_to_num(one.value) > 0 for one in bands], axis=0) > 1
    value = value.copy()
    for index in np.flatnonzero(several):
        value[index] = _joint(demand, pairing, limits, by_resource, int(index))
    return Band(value, lower, np.where(np.isnan(value), np.nan, np.maximum(upper, value)))


def _of_cpu(demand: Demand, pairing: Pairing) -> Band:
    curves, points = pairing.curves, pairing.points
    at = {name: _crossing(points, getattr(curves, name)) for name in ("value", "lower", "upper")}
    share = demand.cpu.share_above
    value, lower, most = share(at["value"]), share(at["lower"]), share(at["upper"])
    bursts = demand.usage.bursts
    if bursts is not None:
        most = np.fmax(most, bursts.share_above(at["upper"]))
    elif math.isfinite(demand.hidden) and demand.hidden > 0:
        # No second is busier than wholly: what a machine carries then, it carries always.
        lowered = np.where(at["upper"] < 1, at["upper"] - _DEVIATIONS * demand.hidden, at["upper"])
        most = np.fmax(most, share(lowered))
    # What a saturated machine wanted beyond all it had is not known.
    most = np.where(pairing.measured, np.fmax(most, demand.censored), math.nan)
    return Band(value, np.where(pairing.same, value, lower), np.fmax(most, value))


def _crossing(points: Floats, rows: Floats) -> Floats:
    """(C,) the busy ratio of the source at which a candidate is full; above 1 in proportion."""
    place = np.clip((rows <= 1).sum(axis=1), 1, len(points) - 1)
    every = np.arange(len(rows))
    low, high = rows[every, place - 1], rows[every, place]
    step = points[place] - points[place - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = points[place - 1] + (1 - low) / (high - low) * step
        beyond = 1 / rows[:, -1]
    return np.where(np.isnan(rows[:, -1]), math.nan, np.where(rows[:, -1] > 1, inside, beyond))


def _joint(
    demand: Demand,
    pairing: Pairing | None,
    limits: Mapping[MachineResource, Floats],
    by_resource: Mapping[MachineResource, Band],
    index: int,
) -> float:
    """Of one candidate, by the intervals in which anything is known of all that may exceed."""
    above = np.zeros(len(demand.busy), dtype=np.bool_)
    known = np.zeros(len(demand.busy), dtype=np.bool_)
    for resource, band in by_resource.items():
        if not np.nan_to_num(band.value[index]) > 0:
            continue
        if resource is MachineResource.CPU:
            assert pairing is not None
            limit = float(_crossing(pairing.points, pairing.curves.value[[index]])[0])
        else:
            limit = float(limits[resource][index])
        values = demand.of(resource)
        above |= values > limit * (1 + 1e-9)
        known |= np.isfinite(values)
    seconds = demand.usage.seconds
    return float(seconds[above].sum() / seconds[known].sum())
