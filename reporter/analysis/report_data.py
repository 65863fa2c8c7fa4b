"""The data of one report, worked out once and only when something asks for it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.analysis import change, fit, radar
from reporter.analysis.change import Change
from reporter.analysis.comparison import (
    BaselineDifference,
    by_earlier_runs,
    differences,
    pareto,
)
from reporter.analysis.fit import WorkloadFit
from reporter.analysis.forecast import Trend, trend
from reporter.analysis.foremost import foremost, places
from reporter.analysis.link_speeds import link_speeds
from reporter.analysis.quality import MOST_NAMED, remarks
from reporter.analysis.utilisation import (
    Episode,
    Summary,
    anomalies,
    saturation,
    summarise,
)
from reporter.analysis.verdict import verdict
from reporter.asking.answers import Answers, by_machine
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.asking.usage_queries import (
    CPU_BUSY,
    DEFAULT_ROUTE,
    DISK_BUSY,
    LINK_SPEED,
    MEMORY_USED,
    NETWORK_BYTES,
)
from reporter.language import Language
from reporter.settings.devices import place
from reporter.settings.report import Config

SATURATED = 0.9
MOST_LINES = 8
EMPTY = np.array([], dtype=np.float64)


class ReportData:
    """One report's data, by machine.

    Args:
        config: what was asked for.
        answers: what the engine answered.
        language: of all texts.
        before: the same of the time before, where a template compares two.
    """

    def __init__(
        self,
        config: Config,
        answers: Answers,
        language: Language,
        before: Answers | None = None,
    ) -> None:
        self.config, self.answers, self.language, self.before = config, answers, language, before
        self.machines = answers.machines
        self._grouped: dict[RangeQuery, dict[str, list[Series]]] = {}

    def series(self, query: RangeQuery, machine: Machine) -> Sequence[Series]:
        """A machine's series of a range query; none when it was not asked."""
        if query not in self._grouped:
            self._grouped[query] = by_machine(self.answers.series.get(query, ()))
        return self._grouped[query].get(machine.name, ())

    def line(self, query: RangeQuery, machine: Machine) -> tuple[Floats, Floats]:
        """Times and values of a query that has one series a machine; both empty without data."""
        found = self.series(query, machine)
        return (found[0].times, found[0].values) if found else (EMPTY, EMPTY)

    def summary(self, query: RangeQuery, machine: Machine) -> Summary | None:
        """Mean, percentiles and maximum of such a query."""
        return summarise(self.line(query, machine)[1])

    def busiest(self, query: RangeQuery, machine: Machine, count: int) -> list[Series]:
        """A machine's series with the greatest means, the greatest first."""
        found = [one for one in self.series(query, machine) if np.isfinite(one.values).any()]
        found.sort(key=lambda one: (-float(np.nanmean(one.values)), sorted(one.labels.items())))
        return found[:count]

    def shown(
        self, query: RangeQuery, machine: Machine, named: Sequence[str], count: int
    ) -> list[Series]:
        """A machine's series, those of the named devices first, in that order; then the busiest."""
        found = self.busiest(query, machine, 1000)
        return sorted(found, key=lambda one: place(one.labels["device"], named))[:count]

    def interfaces(self, machine: Machine) -> Sequence[str]:
        """The interfaces that come first: those named in the settings, else the default route's."""
        return self.config.devices.interfaces or [
            s.labels["device"]
            for s in self.answers.samples.get(DEFAULT_ROUTE, ())
            if s.labels.get("instance") == machine.name
        ]

    def peaks(self, query: RangeQuery, machine: Machine) -> tuple[Floats, Floats]:
        """At each time the greatest of a machine's series, such as its busiest disk."""
        found = self.series(query, machine)
        if not found:
            return EMPTY, EMPTY
        times = np.unique(np.concatenate([one.times for one in found]))
        values = np.full(len(times), -np.inf)
        for one in found:
            place = np.searchsorted(times, one.times)
            values[place] = np.fmax(values[place], one.values)
        return times, np.where(np.isfinite(values), values, np.nan)

    def line_before(self, query: RangeQuery, machine: Machine) -> tuple[Floats, Floats] | None:
        """The same as ``line`` of the range before; None without data."""
        if self.before is None:
            return None
        found = by_machine(self.before.series.get(query, ())).get(machine.name)
        return (found[0].times, found[0].values) if found else None

    def summary_before(self, query: RangeQuery, machine: Machine) -> Summary | None:
        """Mean, percentiles and maximum in the range before."""
        found = self.line_before(query, machine)
        return summarise(found[1]) if found else None

    def trend(self, query: RangeQuery, machine: Machine) -> Trend | None:
        """The trend of a ratio, looked ahead by the length of the range."""
        end = self.answers.end + (self.answers.end - self.answers.start)
        return trend(*self.line(query, machine), end)

    def saturated(self, machine: Machine) -> tuple[float, float] | None:
        """Seconds at or above 90 % busy, in all and in one stretch; None without data."""
        times, values = self.line(CPU_BUSY, machine)
        return saturation(times, values, SATURATED, self.answers.step) if len(times) else None

    def anomalies(self, machine: Machine) -> list[Episode]:
        """Stretches in which the machine was unusually busy or idle."""
        return anomalies(*self.line(CPU_BUSY, machine), self.answers.step)

    @cached_property
    def foremost(self) -> list[Machine]:
        """The machines of charts that have a line for each: all, or the eight to look at first."""
        few = len(self.machines) <= MOST_LINES
        first = set() if few else {self.baseline.name, *self.front}
        return foremost(self.machines, first, MOST_LINES)

    @cached_property
    def places(self) -> dict[str, int]:
        """Each machine's place, which gives its colour, line and marker; the foremost first."""
        return places(self.foremost, self.machines)

    @cached_property
    def verdict(self) -> Sequence[str]:
        """The report's first sentences, made from the numbers."""
        if self.before is not None:
            return change.sentences(self.changes, self.language)
        return verdict(self.machines, self.language)

    @cached_property
    def changes(self) -> Sequence[Change]:
        """Each machine's load test against that of the time before."""
        return change.changes(self.before.machines, self.machines) if self.before else ()

    @cached_property
    def remarks(self) -> Sequence[str]:
        """What is missing or doubtful, of both ranges where there are two."""
        return self.remarks_naming(MOST_NAMED)

    def remarks_naming(self, most: int) -> Sequence[str]:
        """The same with at most so many names of machines in each."""
        say = self.language.say
        found = _remarks(self.answers, self.language, most)
        warnings = list(self.answers.warnings)
        if self.before is not None:
            found += [
                say("The range before: {remark}", remark=remark)
                for remark in _remarks(self.before, self.language, most)
                if remark not in found
            ]
            warnings += self.before.warnings
        return [
            *found,
            *(say("The engine warned: {text}", text=w) for w in dict.fromkeys(warnings)),
        ]

    @cached_property
    def baseline(self) -> Machine:
        """The machine that others are compared with.

        It is the named one, else the first with a load test: one with a price where there is such,
        and of these one that was not disturbed.
        """
        named = [m for m in self.machines if m.name == self.config.baseline]
        tested = [m for m in self.machines if m.test]
        priced = [m for m in tested if m.price]
        sound = [m for m in priced or tested if m.test and m.test.valid is not False]
        return (named or sound or priced or tested or list(self.machines))[0]

    @cached_property
    def differences(self) -> list[BaselineDifference]:
        """Every other machine against the baseline."""
        return differences(self.machines, self.baseline)

    @property
    def known_by_runs(self) -> list[str]:
        """The machines whose difference to the baseline is made of what earlier runs vary by."""
        return [one.machine.name for one in self.differences if by_earlier_runs(one.units)]

    @property
    def comparable(self) -> bool:
        """Whether anything is known of how a machine differs from the baseline."""
        return any(one.units or one.per_dollar or one.price for one in self.differences)

    @cached_property
    def front(self) -> set[str]:
        """Names of the machines on the Pareto front."""
        return {machine.name for machine in pareto(self.machines)}

    @cached_property
    def observed(self) -> Machine | None:
        """Whose work is fitted to the others: the baseline, else the first that can be read."""
        order = [self.baseline, *self.machines]
        readable = [m for m in order if m.test and fit.readable(m.test)]
        return next((m for m in readable if len(self.line(CPU_BUSY, m)[0])), None)

    @cached_property
    def left_out(self) -> list[Machine]:
        """Machines whose load test cannot tell how busy the observed work would keep them."""
        return [m for m in self.machines if m.test and not fit.readable(m.test)]

    @cached_property
    def fits(self) -> list[WorkloadFit]:
        """The observed work on every machine whose load test can tell."""
        if self.observed is None:
            return []
        busy = self.line(CPU_BUSY, self.observed)[1]
        memory = self.summary(MEMORY_USED, self.observed)
        used = None
        if memory and self.observed.memory_bytes:
            used = memory.p99 * self.observed.memory_bytes
        return fit.predict(self.machines, self.observed, busy, used)

    @cached_property
    def smallest(self) -> WorkloadFit | None:
        """The cheapest machine that the observed work fits on."""
        return fit.smallest(self.fits)

    @cached_property
    def by_own_use(self) -> list[WorkloadFit]:
        """The machines by units per dollar at the observed busy levels, the best first."""
        priced = [one for one in self.fits if one.own_per_dollar]
        return sorted(priced, key=lambda f: -f.own_per_dollar.value if f.own_per_dollar else 0.0)

    @cached_property
    def kernel_shares(self) -> tuple[list[str], dict[str, list[float | None]]]:
        """Kernels, and each machine's units per second as a share of the best machine's."""
        return radar.shares({m.name: m.kernels for m in self.machines if m.kernels})

    def _network_share(self, machine: Machine) -> float | None:
        """The 95th percentile of the first interface's busier direction, by its own speed."""
        if not (found := self.shown(NETWORK_BYTES, machine, self.interfaces(machine), 1)):
            return None
        speeds = link_speeds(self.answers.samples.get(LINK_SPEED, ()))
        speed = speeds.get((machine.name, found[0].labels["device"]))
        use = summarise(found[0].values)
        return use.p95 / speed if use and speed else None

    @cached_property
    def use_shares(self) -> dict[str, list[float | None]]:
        """Each machine's 95th percentile of CPU, memory, busiest disk and network, as ratios."""
        found: dict[str, list[float | None]] = {}
        for machine in self.machines:
            cpu = self.summary(CPU_BUSY, machine)
            memory = self.summary(MEMORY_USED, machine)
            disk = summarise(self.peaks(DISK_BUSY, machine)[1])
            shares = [one.p95 if one else None for one in (cpu, memory, disk)]
            shares.append(self._network_share(machine))
            if any(share is not None for share in shares):
                found[machine.name] = [None if s is None else min(1.0, max(0.0, s)) for s in shares]
        return found


def _remarks(answers: Answers, language: Language, most_named: int) -> list[str]:
    return remarks(
        answers.machines,
        by_machine(answers.series.get(CPU_BUSY, ())),
        answers.samples,
        (answers.start, answers.end, answers.step, answers.window),
        language,
        most_named,
    )
