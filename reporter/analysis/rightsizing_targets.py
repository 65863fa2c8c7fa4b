"""Which measured type would carry a machine's work, how many of it, and for how much. Pure.

Work is scaled through two measured curves: what the machine did at its busy level, read from its
own load test, over what a candidate does at the busy level that leaves the headroom. Both are of
one kernel, and hold for work of its kind. The ratio has the interval of ``estimates.ratios``; a
candidate carries the work when the whole interval says so. What was not measured is no candidate.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate, Ratio, RunSpread
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import run_spread
from perfanalysis.machines.facts.burstable import baseline_ratio
from perfanalysis.promql import Floats
from perfanalysis.results.conditions import Conditions
from reporter.analysis import fit
from reporter.analysis.prices import hourly_price
from reporter.analysis.rightsizing import SizeDemand
from reporter.analysis.run_conditions import told, unlike
from reporter.asking.machines import Curve, LoadTest, Machine
from workload.prediction.findings import MachineResource
from workload.prediction.wishes import HOURS_A_MONTH

# A rounding error of a share is no further machine.
_HAIR = 1e-9
# More machines in the place of one are no change of size any more.
MOST_MACHINES = 32


@dataclass(frozen=True)
class TypeOffer:
    """A type that can be chosen: by its slowest, smallest and dearest machine of the report.

    Attributes:
        name: of the type, or of the machine where its type is unknown.
        machine: whose load test speaks for it.
        measured: how many machines of it have one.
        price: dollars an hour.
        memory: bytes; None: unknown.
        network: bytes a second of its link; None: unknown.
        lasting: the share of its CPUs that a burstable type has for good; None: all of them.
    """

    name: str
    machine: Machine
    measured: int
    price: float
    memory: float | None
    network: float | None
    lasting: float | None = None


@dataclass(frozen=True)
class SizeTarget:
    """What would carry a machine's work in its place.

    Attributes:
        offer: the type.
        count: how many of it surely carry the work: by the upper bound of ``need``.
        least: how many do by its lower bound.
        need: the work over what one of it carries, with its interval; None: there was no work.
        busy: how busy each would be at the percentile, 0..1; above 1: more than it can do.
        memory: used share of each one's memory; None: unknown.
        network: used share of each one's link; None: unknown.
        month: dollars for all of them, for a month.
    """

    offer: TypeOffer
    count: int
    least: int
    need: Ratio | None
    busy: float
    memory: float | None
    network: float | None
    month: float


def kind(machine: Machine) -> str:
    """A machine's type by which it can be replaced; its own name where none is known."""
    return machine.short_type if machine.instance_type else machine.name


def usable(test: LoadTest | None) -> bool:
    """Whether a load test can speak for a type: of the whole machine, undisturbed, readable."""
    return (
        test is not None
        and test.valid is not False
        and test.full is not False
        and fit.readable(test)
    )


def offers(machines: Iterable[Machine], links: Mapping[str, float]) -> list[TypeOffer]:
    """The types of which a usable load test and a price are known, by name.

    Machines whose load tests ran under different conditions are never held against each other, and
    so stand for types of their own.

    Args:
        machines: of the report.
        links: bytes a second of each machine's link, by its name, as far as known.
    """
    grouped: dict[tuple[str, str, Conditions], list[Machine]] = defaultdict(list)
    for machine in machines:
        if machine.test and usable(machine.test) and hourly_price(machine):
            grouped[machine.region, kind(machine), told(machine.test)].append(machine)
    order = sorted(grouped.items(), key=_by_name)
    return [_offer(name, every, links) for (_, name, _), every in order]


def _by_name(pair: tuple[tuple[str, str, Conditions], Sequence[Machine]]) -> tuple[str, ...]:
    region, name, conditions = pair[0]
    return region, name, conditions.kernel_version, conditions.profile, pair[1][0].name


def _offer(name: str, own: Sequence[Machine], links: Mapping[str, float]) -> TypeOffer:
    slowest = min(own, key=lambda m: (_most(m), m.name))
    memories = [m.memory_bytes for m in own if m.memory_bytes]
    speeds = [links[m.name] for m in own if m.name in links]
    return TypeOffer(
        name,
        slowest,
        len(own),
        max(hourly_price(m) or 0.0 for m in own),
        min(memories, default=None),
        min(speeds, default=None),
        baseline_ratio(slowest.instance_type),
    )


def _most(machine: Machine) -> float:
    return float(fit.work_at(_curve_of(machine), np.array([1.0]))[0]) if machine.test else 0.0


def _curve_of(machine: Machine) -> Curve:
    assert machine.test
    return machine.test.curve


def need_of(own: Machine, busy: float, other: Machine, limit: float) -> Ratio | None:
    """The work of one machine at a busy level, over that of another at its limit.

    This is the only place where work is carried from one machine to another: a prediction that
    knows more than one kernel takes its place.

    Args:
        own: where the work was seen; it needs a readable load test.
        busy: its busy ratio, 0..1.
        other: the candidate; it needs one, too.
        limit: how busy that may be, 0..1.

    Returns:
        The ratio with its interval; None: there was no work.
    """
    done, most = _work(own, busy), _work(other, limit)
    if done.value <= 0 or most.value <= 0:
        return None
    if not (math.isfinite(done.lower) and math.isfinite(most.lower)):
        return Ratio(done.value / most.value, None, None, "slices")
    spreads = [_spread(machine) for machine in (other, own)]
    known = [spread for spread in spreads if spread is not None]
    rates = [[Rate(one.value, one)] for one in (most, done)]
    return ratios.compare([rates[0]], [rates[1]], known=known if len(known) == len(spreads) else ())


def _work(machine: Machine, busy: float) -> Estimate:
    """Units per second at a busy level; without an interval the bounds are no numbers."""
    curve, at = _curve_of(machine), np.array([busy])
    value = float(fit.work_at(curve, at)[0])
    return Estimate(value, _bound(curve, curve.lower, at), _bound(curve, curve.upper, at))


def _bound(curve: Curve, column: Floats, at: Floats) -> float:
    # A bound that is known at some levels only would be joined to the work of none.
    if not np.isfinite(column[np.isfinite(curve.units)]).all():
        return math.nan
    return float(fit.work_at(curve, at, column)[0])


def _spread(machine: Machine) -> RunSpread | None:
    return run_spread([list(machine.test.earlier.values())]) if machine.test else None


def targets(demand: SizeDemand, every: Sequence[TypeOffer], limit: float) -> list[SizeTarget]:
    """All that would carry the work in this machine's place, the cheapest first.

    Each is the smallest number of a type that surely does; a type is left out where its memory or
    network cannot be told to be enough, or more than 32 would be needed.

    Args:
        demand: of the machine; without a readable load test of its own there is no target.
        every: the types that can be chosen; those of another provider or region are left out.
        limit: how much of each may be used, 0..1.
    """
    machine, busy = demand.machine, demand.use(MachineResource.CPU).used
    if busy is None or machine.test is None or not fit.readable(machine.test):
        return []
    near = [offer for offer in every if takes_its_place(offer, demand)]
    found = [target for offer in near if (target := _target(demand, busy, offer, limit))]
    return sorted(found, key=lambda one: (one.month, one.count, one.offer.name))


def takes_its_place(offer: TypeOffer, demand: SizeDemand) -> bool:
    """Whether a type is of a machine's provider and region, and was measured alike.

    What is unknown of one of both keeps them apart.
    """
    one, other = demand.machine, offer.machine
    if one.test is None or other.test is None or unlike(one.test, other.test):
        return False
    return (one.provider, one.region) == (other.provider, other.region)


def _target(demand: SizeDemand, busy: float, offer: TypeOffer, limit: float) -> SizeTarget | None:
    need = need_of(demand.machine, busy, offer.machine, limit)
    others = _others(demand, offer, limit)
    if others is None:
        return None
    lasting = _bounds(_lasting_need(demand, busy, offer, limit))
    counts = [max(_ceil(a), _ceil(b)) for a, b in zip(_bounds(need), lasting, strict=True)]
    least, most = (max(count, others) for count in counts)
    if most > MOST_MACHINES:
        return None
    curve = _curve_of(offer.machine)
    done = _work(demand.machine, busy).value / most
    memory = demand.use(MachineResource.MEMORY).rate
    rate = demand.use(MachineResource.NETWORK).rate
    return SizeTarget(
        offer,
        most,
        least,
        need,
        float(fit.busy_for(curve, np.array([done]))[0]),
        memory / most / offer.memory if memory is not None and offer.memory else None,
        rate / most / offer.network if rate is not None and offer.network else None,
        most * offer.price * HOURS_A_MONTH,
    )


def _lasting_need(demand: SizeDemand, busy: float, offer: TypeOffer, limit: float) -> Ratio | None:
    """The mean work over what a burstable type does for good; None: it is none."""
    if offer.lasting is None:
        return None
    mean = demand.busy.mean() if demand.busy else None
    return need_of(
        demand.machine, busy if mean is None else mean, offer.machine, min(offer.lasting, limit)
    )


def _bounds(need: Ratio | None) -> tuple[float, float]:
    if need is None:
        return 0.0, 0.0
    if need.lower is None or need.upper is None:
        return need.value, need.value
    return need.lower, need.upper


def _ceil(value: float) -> int:
    return max(1, math.ceil(value - _HAIR))


def _others(demand: SizeDemand, offer: TypeOffer, limit: float) -> int | None:
    """How many of a type memory and network ask for; None: it cannot be told, or none is enough."""
    memory = demand.use(MachineResource.MEMORY).rate
    own = demand.machine.memory_bytes
    if memory is None:
        # What it needs is unknown, and what it has was enough.
        enough = own is not None and offer.memory is not None and offer.memory >= own
        needed = 1 if enough or kind(demand.machine) == offer.name else None
    else:
        needed = _ceil(memory / (offer.memory * limit)) if offer.memory else None
    network = demand.use(MachineResource.NETWORK)
    if needed is None or network.rate is None:
        return needed
    if offer.network is None:
        # A link that is too small is not replaced by one of which nothing is known.
        return needed if network.used is None or network.used <= limit else None
    return max(needed, _ceil(network.rate / (offer.network * limit)))
