"""Where peaks of CPU and memory and the fill of file systems lead, machine by machine. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from perfanalysis.promql import Floats
from reporter.analysis.forecast import Reach, ReachKind, Trend, daily_peaks, trend
from reporter.analysis.observed import Observed
from reporter.asking.machines import Machine
from workload.prediction.findings import MachineResource

# More days than a look-back period has: every day's peak is a point of its own.
_EVERY = 1000


@dataclass(frozen=True)
class LimitForecast:
    """Where one thing of a machine leads.

    Attributes:
        machine: whose.
        resource: CPU and memory by their daily peaks, file systems by how full they are.
        name: the mount point; "" for others.
        now: the last peak, or how full it is at the end, 0..1.
        limit: what it is asked about, 0..1.
        trend: never below 0 or above 1; None: too little data.
        reach: when the limit is reached; None: too little data.
    """

    machine: Machine
    resource: MachineResource
    name: str
    now: float
    limit: float
    trend: Trend | None
    reach: Reach | None


def of_peaks(
    machine: Machine, resource: MachineResource, observed: Observed, limit: float, end: float
) -> LimitForecast:
    """Where a machine's daily peaks lead.

    Args:
        machine: whose.
        resource: CPU or memory.
        observed: its used shares.
        limit: 0..1.
        end: of the forecast, Unix seconds.
    """
    times, peaks = daily_peaks(observed.times, observed.seconds, observed.values)
    now = float(peaks[-1]) if len(peaks) else float(observed.values.max())
    return _forecast(
        (machine, resource, "", now, limit), trend(times, peaks, end, stretches=_EVERY)
    )


def of_file_system(
    machine: Machine, name: str, points: tuple[Floats, Floats], limit: float, end: float
) -> LimitForecast:
    """Where the fill of a file system leads.

    Args:
        machine: whose.
        name: the mount point.
        points: Unix seconds, and used shares, all known; at least one.
        limit: 0..1.
        end: of the forecast, Unix seconds.
    """
    now = float(points[1][-1])
    return _forecast((machine, MachineResource.FILE_SYSTEM, name, now, limit), trend(*points, end))


def _forecast(
    what: tuple[Machine, MachineResource, str, float, float], found: Trend | None
) -> LimitForecast:
    within = found.within(0.0, 1.0) if found else None
    return LimitForecast(*what, within, within.reach(what[-1]) if within else None)


def in_sight(every: Iterable[LimitForecast]) -> list[LimitForecast]:
    """Those that may reach their limit within the forecast, the soonest first."""

    def place(one: LimitForecast) -> tuple[float, float, str, str]:
        assert one.reach
        order = (ReachKind.NOW, ReachKind.BETWEEN, ReachKind.NOT_BEFORE, ReachKind.ANY_TIME)
        return (
            order.index(one.reach.kind),
            one.reach.earliest or 0.0,
            one.machine.name,
            one.name,
        )

    silent = {ReachKind.NOT_WITHIN, ReachKind.CANNOT_TELL}
    return sorted((o for o in every if o.reach and o.reach.kind not in silent), key=place)


def out_of_sight(every: Iterable[LimitForecast]) -> list[LimitForecast]:
    """Those of which it can be said that they do not."""
    return [one for one in every if one.reach and one.reach.kind == ReachKind.NOT_WITHIN]


def not_told(every: Iterable[LimitForecast]) -> list[LimitForecast]:
    """Those that vary so much that nothing can be said."""
    return [one for one in every if one.reach and one.reach.kind == ReachKind.CANNOT_TELL]


def too_short(every: Iterable[LimitForecast]) -> Sequence[LimitForecast]:
    """Those with too little data."""
    return [one for one in every if one.reach is None]
