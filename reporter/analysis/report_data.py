"""The data of one report, worked out once and only when something asks for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.analysis import change, fit, lost_time, paired_change, radar
from reporter.analysis.against_baseline import AgainstBaseline
from reporter.analysis.all_remarks import all_remarks
from reporter.analysis.book_money import BookMoney
from reporter.analysis.bursts import Bursts, bursts
from reporter.analysis.change import Change
from reporter.analysis.fit import WorkloadFit
from reporter.analysis.fitted_work import FittedWork, fitted_work
from reporter.analysis.forecast import Trend, trend
from reporter.analysis.foremost import foremost, places
from reporter.analysis.lost_time import LostTime
from reporter.analysis.observed import NOTHING, Observed
from reporter.analysis.paired_change import PairedChange
from reporter.analysis.quality import MOST_NAMED, nothing_missing
from reporter.analysis.ranking import Ranking
from reporter.analysis.rightsizing_words import sentences
from reporter.analysis.samples_by_machine import SamplesByMachine, in_words
from reporter.analysis.sizing import Sizing
from reporter.analysis.utilisation import Episode, Summary, anomalies, summarise, week
from reporter.analysis.verdict import verdict
from reporter.asking.answers import Answers, by_machine
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.asking.usage_queries import CPU_BUSY, DEFAULT_ROUTE, LOOKS, MEMORY_USED
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
        self._samples = SamplesByMachine(answers)
        self._samples_before = SamplesByMachine(before) if before else None

    def series(self, query: RangeQuery, machine: Machine) -> Sequence[Series]:
        """A machine's series of a range query; none when it was not asked."""
        if query not in self._grouped:
            self._grouped[query] = by_machine(self.answers.series.get(query, ()))
        return self._grouped[query].get(machine.name, ())

    def line(self, query: RangeQuery, machine: Machine) -> tuple[Floats, Floats]:
        """Times and values of a query that has one series a machine; both empty without data."""
        found = self.series(query, machine)
        return (found[0].times, found[0].values) if found else (EMPTY, EMPTY)

    def observed(self, quantity: RangeQuery, machine: Machine) -> Observed | None:
        """Every sample of a machine's quantity, such as ``CPU_BUSY``; None without data.

        Of several series, such as those of disks, it is at each time the greatest.
        """
        return self._samples.observed(quantity, machine.name)

    def observed_each(
        self, quantity: RangeQuery, machine: Machine
    ) -> Sequence[tuple[Mapping[str, str], Observed]]:
        """The same of each series by itself, such as of each disk: its labels, and its samples."""
        return self._samples.each(quantity, machine.name)

    def summary(self, query: RangeQuery, machine: Machine) -> Summary | None:
        """Mean, percentiles and maximum of all samples."""
        return summarise(self.observed(query, machine))

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

    def line_before(self, query: RangeQuery, machine: Machine) -> tuple[Floats, Floats] | None:
        """The same as ``line`` of the range before; None without data."""
        if self.before is None:
            return None
        found = by_machine(self.before.series.get(query, ())).get(machine.name)
        return (found[0].times, found[0].values) if found else None

    def observed_before(self, query: RangeQuery, machine: Machine) -> Observed | None:
        """Every sample of a quantity in the range before; None without data."""
        before = self._samples_before
        return before.observed(query, machine.name) if before else None

    def summary_before(self, query: RangeQuery, machine: Machine) -> Summary | None:
        """Mean, percentiles and maximum in the range before."""
        return summarise(self.observed_before(query, machine))

    def trend(self, query: RangeQuery, machine: Machine) -> Trend | None:
        """The trend of a ratio, looked ahead by the length of the range."""
        end = self.answers.end + (self.answers.end - self.answers.start)
        found = trend(*self.line(query, machine), end)
        return found.within(0.0, 1.0) if found else None

    def saturated(self, machine: Machine) -> tuple[float, float] | None:
        """Seconds at or above 90 % busy, in all and in one stretch; None without data."""
        found = self.observed(CPU_BUSY, machine)
        return found.saturation(SATURATED) if found else None

    @cached_property
    def bursts(self) -> Mapping[str, Bursts]:
        """By machine, how busy it was between scrapes, where its exporter looked oftener."""
        return bursts(self.answers.samples_of(LOOKS))

    def anomalies(self, machine: Machine) -> list[Episode]:
        """Stretches in which the machine was unusually busy or idle."""
        found = self.observed(CPU_BUSY, machine)
        return anomalies(found) if found else []

    def week(self, machine: Machine) -> Floats:
        """Means of CPU busy by weekday and hour; NaN: nothing is known."""
        return week(self.observed(CPU_BUSY, machine) or NOTHING, self.language.zone)

    def windows(self, *queries: RangeQuery) -> str:
        """What the samples of some quantities are means over, in words: one length, or from to."""
        every = [self.observed(query, machine) for query in queries for machine in self.machines]
        return in_words([found.window for found in every if found], self.language)

    @cached_property
    def foremost(self) -> list[Machine]:
        """The machines of charts that have a line for each: all, or the eight to look at first."""
        many = len(self.machines) > MOST_LINES
        first = {self.baseline.name, *self.ranking.front} if many else set()
        return foremost(self.machines, first, self.ranking.ranks, MOST_LINES)

    @cached_property
    def places(self) -> dict[str, int]:
        """Each machine's place, which gives its colour, line and marker; the foremost first."""
        return places(self.foremost, self.machines)

    @cached_property
    def verdict(self) -> Sequence[str]:
        """The report's first sentences, made from the numbers."""
        if self.config.template == "rightsizing":
            return sentences(self.sizing.totals, self.sizing.advices, self.language)
        if self.before is not None:
            pairs = paired_change.sentences(self.changes, self.before.machines, self.language)
            return [*pairs, *change.sentences(self.changes, self.language)]
        return verdict(self.ranking, self.language)

    @cached_property
    def ranking(self) -> Ranking:
        """Which types and machines may be held against each other, and their ranks."""
        return Ranking(self.machines, self.config.baseline)

    @cached_property
    def changes(self) -> Sequence[Change]:
        """Each machine's load test against that of the time before."""
        return change.changes(self.before.machines, self.machines) if self.before else ()

    @cached_property
    def paired(self) -> Sequence[PairedChange]:
        """The change of the machines of both ranges, paired by name."""
        return paired_change.paired(self.changes)

    @cached_property
    def remarks(self) -> Sequence[str]:
        """What is missing or doubtful, of both ranges where there are two."""
        return self.remarks_naming(MOST_NAMED)

    @cached_property
    def sizing(self) -> Sizing:
        """What is found about the machines' sizes."""
        return Sizing(self)

    @cached_property
    def by_book(self) -> BookMoney:
        """What a price book's prices come to; of no machine where there is none."""
        return BookMoney(self)

    def remarks_naming(self, most: int) -> Sequence[str]:
        """The same with at most so many names of machines in each."""
        ranges = [(self.answers, self._samples)]
        # Of the period before, the totals of sizes are all that is asked.
        if self.before and self._samples_before and self.config.template != "rightsizing":
            ranges.append((self.before, self._samples_before))
        return all_remarks(ranges, self.language, most)

    @property
    def all_well(self) -> str:
        """What to say when there is no remark: what was looked at, and found well."""
        return nothing_missing(self.answers, self.language)

    @cached_property
    def lost_time(self) -> dict[str, LostTime]:
        """What each machine did not get over the range: stolen time, waiting, throttling."""
        return lost_time.lost_times(self.answers.samples)

    @cached_property
    def baseline(self) -> Machine:
        """The machine that others are compared with.

        It is the named one, else the first that is ranked: one with a price where there is such;
        else the first with a load test.
        """
        named = [m for m in self.machines if m.name == self.config.baseline]
        sound = [one.machine for one in self.ranking.contenders]
        tested = [m for m in self.machines if m.test]
        priced = [m for m in sound if m.price]
        return (named or priced or sound or tested or list(self.machines))[0]

    @cached_property
    def against(self) -> AgainstBaseline:
        """Every other type and machine against the baseline, or against its type."""
        return AgainstBaseline(self.ranking, self.baseline)

    @cached_property
    def whose_work(self) -> Machine | None:
        """Whose work is fitted to the others: the baseline, else the first that can be read."""
        sound = [m for m in self.machines if m.test and m.test.sound]
        order = [self.baseline, *sound, *self.machines]
        readable = [m for m in order if m.test and fit.readable(m.test)]
        return next((m for m in readable if self.observed(CPU_BUSY, m)), None)

    @cached_property
    def left_out(self) -> list[Machine]:
        """Machines whose load test cannot tell how busy the observed work would keep them."""
        return [m for m in self.machines if m.test and not fit.readable(m.test)]

    @cached_property
    def not_fitted(self) -> list[Machine]:
        """Machines whose load test had other conditions than that of the observed one."""
        own, tested = self.whose_work, (m for m in self.machines if m.test)
        return [m for m in tested if not self.ranking.alike(own, m)] if own else []

    @cached_property
    def fitted(self) -> FittedWork:
        """The observed work on other machines, with bounds, and what is found of its own."""
        own, others = self.whose_work, {machine.name for machine in self.not_fitted}
        candidates = [machine for machine in self.machines if machine.name not in others]
        each = [self.observed(query, own) if own else None for query in (CPU_BUSY, MEMORY_USED)]
        return fitted_work(candidates, own, *each)

    @property
    def fits(self) -> Sequence[WorkloadFit]:
        """The observed work on every machine whose load test can tell."""
        return self.fitted.fits

    @cached_property
    def smallest(self) -> WorkloadFit | None:
        """The cheapest machine that the observed work fits on."""
        return fit.smallest(self.fits)

    @cached_property
    def by_own_use(self) -> list[WorkloadFit]:
        """The machines by units per dollar at the observed busy levels, the best first; those whose
        run was disturbed are not ranked."""
        sound = [one for one in self.fits if one.machine.test and one.machine.test.sound]
        priced = [one for one in sound if one.own_per_dollar]
        return sorted(priced, key=lambda f: -f.own_per_dollar.value if f.own_per_dollar else 0.0)

    @cached_property
    def kernel_shares(self) -> tuple[list[str], dict[str, list[float | None]]]:
        """Kernels, and each machine's units per second as a share of the best machine's."""
        return radar.shares(radar.alike(self.machines))
