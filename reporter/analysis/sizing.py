"""The sizes of a report's machines: demand, finding, advice, totals, forecasts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np

from perfanalysis.promql import Series
from reporter.analysis import forecast_rows, rightsizing_totals
from reporter.analysis.forecast import ReachKind
from reporter.analysis.forecast_rows import LimitForecast
from reporter.analysis.observed import Observed, greatest
from reporter.analysis.rightsizing import ResourceUse, SizeDemand, judge
from reporter.analysis.rightsizing_advice import Advice, advise, by_saving
from reporter.analysis.rightsizing_targets import TypeOffer, offers
from reporter.analysis.rightsizing_totals import FleetTotals
from reporter.asking.answers import Answers
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.asking.rightsizing_queries import FILE_SYSTEM_USED
from reporter.asking.usage_queries import (
    CPU_BUSY,
    DISK_BUSY,
    LINK_SPEED,
    MEMORY_USED,
    NETWORK_BYTES,
)
from reporter.settings.report import Config
from workload.prediction.findings import MachineResource

FULL = 1.0


class ObservedFleet(Protocol):
    """What is asked of a report's data; see ``ReportData``."""

    config: Config
    answers: Answers
    before: Answers | None
    machines: Sequence[Machine]

    def observed(self, quantity: RangeQuery, machine: Machine) -> Observed | None:
        """Every sample of a machine's quantity."""

    def observed_each(
        self, quantity: RangeQuery, machine: Machine
    ) -> Sequence[tuple[Mapping[str, str], Observed]]:
        """The same of each series by itself: its labels, and its samples."""

    def observed_before(self, quantity: RangeQuery, machine: Machine) -> Observed | None:
        """Every sample of a machine's quantity in the range before."""

    def series(self, query: RangeQuery, machine: Machine) -> Sequence[Series]:
        """A machine's series."""

    def busiest(self, query: RangeQuery, machine: Machine, count: int) -> list[Series]:
        """Those with the greatest means."""

    def shown(
        self, query: RangeQuery, machine: Machine, named: Sequence[str], count: int
    ) -> list[Series]:
        """Those of named devices, then the busiest."""

    def interfaces(self, machine: Machine) -> Sequence[str]:
        """The interfaces that come first."""


class Sizing:
    """All that is found about the machines' sizes, worked out when something asks for it.

    Args:
        data: of the report.
    """

    def __init__(self, data: ObservedFleet) -> None:
        self._data, self.rules = data, data.config.rightsizing
        self.end = data.answers.end
        self.start = max(data.answers.start, self.end - self.rules.look_back)

    @cached_property
    def demands(self) -> Sequence[SizeDemand]:
        """What each machine's work needs, in the report's order."""
        return [self._demand(machine) for machine in self._data.machines]

    @cached_property
    def offers(self) -> list[TypeOffer]:
        """The types that can be chosen."""
        links = {m.name: speed for m in self._data.machines if (speed := self._link(m))}
        return offers(self._data.machines, links)

    @cached_property
    def advices(self) -> list[Advice]:
        """What to do about each machine, the greatest saving first."""
        found = [judge(demand, self.rules) for demand in self.demands]
        return by_saving([advise(one, self.offers, self.rules) for one in found])

    @property
    def by_several(self) -> list[Advice]:
        """The machines in whose place more of another type cost less, the greatest saving first."""
        having = [one for one in self.advices if one.several]
        return sorted(having, key=lambda one: (-(one.saving_of_several or 0.0), one.machine.name))

    @cached_property
    def totals(self) -> FleetTotals:
        """The fleet in money, and the period before."""
        data = self._data
        now = [(machine, data.observed(CPU_BUSY, machine)) for machine in data.machines]
        last: list[tuple[Machine, Observed | None]] = []
        if data.before is not None:
            last = [(machine, self._before(machine)) for machine in data.before.machines]
        return rightsizing_totals.totals(data.machines, self.advices, now, last)

    @cached_property
    def money(self) -> FleetTotals:
        """The same of cost and idle time alone: for those who ask for no curves."""
        data = self._data
        now = [(machine, data.observed(CPU_BUSY, machine)) for machine in data.machines]
        return rightsizing_totals.totals(data.machines, (), now, ())

    @cached_property
    def forecasts(self) -> list[LimitForecast]:
        """Where peaks and file systems lead, in the report's order of machines."""
        return [one for machine in self._data.machines for one in self._forecasts(machine)]

    def soonest_full(self, machine: Machine) -> LimitForecast | None:
        """The file system of a machine that is full the soonest, or may be; None: none is."""
        own = [one for one in self.forecasts if one.machine is machine and one.name]
        return next(iter(forecast_rows.in_sight(own)), None)

    def _demand(self, machine: Machine) -> SizeDemand:
        found = {
            MachineResource.CPU: self._share(CPU_BUSY, machine),
            MachineResource.MEMORY: self._memory(machine),
            MachineResource.DISK: self._disk(machine),
            MachineResource.NETWORK: self._network(machine),
            MachineResource.FILE_SYSTEM: self._file_system(machine),
        }
        uses = {resource: use for resource, use in found.items() if use is not None}
        busy = self._recent(self._data.observed(CPU_BUSY, machine))
        return SizeDemand(machine, busy, uses)

    def _recent(self, observed: Observed | None) -> Observed | None:
        """What lies in the look-back period; None: nothing does."""
        if observed is None:
            return None
        since = observed.times > self.start
        if not since.any():
            return None
        columns = (observed.times[since], observed.seconds[since], observed.values[since])
        return Observed(*columns, observed.window)

    def _percentile(self, observed: Observed | None) -> float | None:
        recent = self._recent(observed)
        return recent.percentile(self.rules.percentile) if recent else None

    def _share(self, query: RangeQuery, machine: Machine) -> ResourceUse | None:
        used = self._percentile(self._data.observed(query, machine))
        return None if used is None else ResourceUse(used)

    def _memory(self, machine: Machine) -> ResourceUse | None:
        use = self._share(MEMORY_USED, machine)
        if use is None or use.used is None or not machine.memory_bytes:
            return use
        return ResourceUse(use.used, use.used * machine.memory_bytes)

    def _disk(self, machine: Machine) -> ResourceUse | None:
        use = self._share(DISK_BUSY, machine)
        busiest = self._data.busiest(DISK_BUSY, machine, 1)
        return ResourceUse(use.used, None, busiest[0].labels.get("device", "")) if use else None

    def _network(self, machine: Machine) -> ResourceUse | None:
        """Of the interface that is nearest to its link's speed; else of the one that comes first.

        Either direction has the whole link to itself.
        """
        data = self._data
        devices: dict[str, list[Observed]] = {}
        for labels, one in data.observed_each(NETWORK_BYTES, machine):
            devices.setdefault(labels.get("device", ""), []).append(one)
        first = data.shown(NETWORK_BYTES, machine, data.interfaces(machine), 1)
        found = []
        for device, directions in devices.items():
            rate = self._percentile(greatest(directions))
            speed = self._speeds.get((machine.name, device))
            if rate is not None and (speed or (first and first[0].labels["device"] == device)):
                found.append(ResourceUse(rate / speed if speed else None, rate, device))
        return max(found, key=lambda one: (one.used or -1.0, one.name), default=None)

    @cached_property
    def _speeds(self) -> dict[tuple[str, str], float]:
        """Bytes a second of each interface's link, as far as known."""
        return {
            (s.labels.get("instance", ""), s.labels.get("device", "")): s.value
            for s in self._data.answers.samples.get(LINK_SPEED, ())
            if s.value > 0
        }

    def _link(self, machine: Machine) -> float | None:
        """The speed of the interface that comes first, else of the slowest that is known."""
        data = self._data
        first = data.shown(NETWORK_BYTES, machine, data.interfaces(machine), 1)
        known = {device: v for (name, device), v in self._speeds.items() if name == machine.name}
        slowest = min(known.values(), default=None)
        return known.get(first[0].labels["device"], slowest) if first else slowest

    def _file_system(self, machine: Machine) -> ResourceUse | None:
        """The one that is full or will be, else the fullest."""
        own = self._file_systems[machine.name]
        if not own:
            return None
        until = self.end + self.rules.look_back

        def fills_up(one: LimitForecast) -> bool:
            surely = {ReachKind.NOW, ReachKind.BETWEEN}
            reach = one.reach
            return bool(reach and reach.kind in surely and (reach.latest or until + 1) <= until)

        worst = max(own, key=lambda one: (fills_up(one), one.now, one.name))
        return ResourceUse(worst.now, None, worst.name, fills_up(worst))

    def _forecasts(self, machine: Machine) -> list[LimitForecast]:
        found = []
        for resource, query in (
            (MachineResource.CPU, CPU_BUSY),
            (MachineResource.MEMORY, MEMORY_USED),
        ):
            if observed := self._data.observed(query, machine):
                end = self._horizon
                one = forecast_rows.of_peaks(machine, resource, observed, self.rules.limit, end)
                found.append(one)
        return found + self._file_systems[machine.name]

    @cached_property
    def _file_systems(self) -> dict[str, list[LimitForecast]]:
        return {machine.name: self._filling(machine) for machine in self._data.machines}

    def _filling(self, machine: Machine) -> list[LimitForecast]:
        found = []
        for one in self._data.series(FILE_SYSTEM_USED, machine):
            known, name = np.isfinite(one.values), one.labels.get("mountpoint", "")
            if known.any():
                points = one.times[known], one.values[known]
                end = self._horizon
                found.append(forecast_rows.of_file_system(machine, name, points, FULL, end))
        return sorted(found, key=lambda one: one.name)

    @property
    def _horizon(self) -> float:
        """The forecast looks ahead as far as the range looks back."""
        return self.end + (self.end - self._data.answers.start)

    def _before(self, machine: Machine) -> Observed | None:
        return self._data.observed_before(CPU_BUSY, machine)
