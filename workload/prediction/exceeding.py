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

# Of bursts that an interval hides: how many standard deviations the maximum may be above that of
# the intervals, and how much lower a limit is asked for; percentiles are those of the normal
# distribution. docs/prediction.md says how often this was enough.
_OF_MAXIMUM = 4.5
_OF_LIMIT = 2.326


def hidden_above(demand: Demand, percents: Sequence[float]) -> Floats:
    """How far above each percentile the seconds of an interval may be."""
    if not math.isfinite(demand.hidden):
        return np.full(len(percents), math.nan)
    normal = NormalDist()
    factors = [_OF_MAXIMUM if one >= 100 else normal.inv_cdf(one / 100) for one in percents]
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
    exceeded = {one: band.value > 0 for one, band in by_resource.items()}
    several = np.flatnonzero(np.sum(list(exceeded.values()), axis=0) > 1)
    if len(several):
        value = value.copy()
        joint = _Joint(demand, {one: demand.of(one) for one in by_resource})
        full = (
            dict(limits) if pairing is None else {MachineResource.CPU: pairing.full.value, **limits}
        )
        for index in several:
            which = {one: full[one][index] for one in by_resource if exceeded[one][index]}
            value[index] = joint.share(which)
    return Band(value, lower, np.where(np.isnan(value), np.nan, np.maximum(upper, value)))


def _of_cpu(demand: Demand, pairing: Pairing) -> Band:
    full = pairing.full
    share = demand.cpu.share_above
    value, lower, most = share(full.value), share(full.lower), share(full.upper)
    bursts = demand.usage.bursts
    if bursts is not None:
        most = np.fmax(most, bursts.share_above(full.upper))
    elif math.isfinite(demand.hidden) and demand.hidden > 0:
        # No second is busier than wholly: what a machine carries then, it carries always.
        lowered = np.where(full.upper < 1, full.upper - _OF_LIMIT * demand.hidden, full.upper)
        most = np.fmax(most, share(lowered))
    # What a saturated machine wanted beyond all it had is not known.
    most = np.where(pairing.measured, np.fmax(most, demand.censored), math.nan)
    return Band(value, np.where(pairing.same, value, lower), np.fmax(most, value))


class _Joint:
    """The share of the time in which any of several demands is above its limit.

    Args:
        demand: of the machine.
        values: by resource over time.
    """

    def __init__(self, demand: Demand, values: Mapping[MachineResource, Floats]) -> None:
        self._values = values
        self._seconds = demand.usage.seconds
        self._known = {one: np.isfinite(of) for one, of in values.items()}
        even = len(self._seconds) > 0 and np.ptp(self._seconds) == 0
        self._even = even and all(known.all() for known in self._known.values())

    def share(self, limits: Mapping[MachineResource, float]) -> float:
        """By the intervals in which anything is known of what may exceed."""
        above = np.zeros(len(self._seconds), dtype=np.bool_)
        for resource, limit in limits.items():
            above |= self._values[resource] > limit * (1 + 1e-9)
        if self._even:
            return float(np.count_nonzero(above)) / len(above)
        known = np.logical_or.reduce([self._known[one] for one in limits])
        return float(self._seconds[above].sum() / self._seconds[known].sum())
