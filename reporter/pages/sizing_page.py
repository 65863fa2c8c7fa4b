"""What templates show of the machines' sizes: rows in the report's words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from perfanalysis.estimates.ratios import Ratio
from reporter.analysis import forecast_rows
from reporter.analysis import rightsizing_labels as labels
from reporter.analysis.forecast import ReachKind
from reporter.analysis.forecast_rows import LimitForecast
from reporter.analysis.report_data import ReportData
from reporter.analysis.rightsizing import REPORTED, SizeDemand
from reporter.analysis.rightsizing_advice import Advice
from reporter.analysis.rightsizing_totals import FleetTotals
from reporter.analysis.rightsizing_words import money_sentence, sentences, short_sentence
from reporter.asking.machines import Machine
from reporter.language import Language
from reporter.settings.rightsizing import DAY, SizingRules
from workload.prediction.findings import MachineResource, Provisioning

# One long table costs WeasyPrint more than its rows.
ROWS_OF_A_TABLE = 30
# Machines with a figure of their own; the tables have all.
MOST_DRAWN = 4


@dataclass(frozen=True)
class SizeRow:
    """One machine in the table of findings."""

    machine: Machine
    advice: Advice
    finding: str
    reasons: Sequence[str]
    bad: bool
    target: str
    risk: str


@dataclass(frozen=True)
class SeveralRow:
    """A machine, and more of one type in its place."""

    machine: Machine
    advice: Advice
    target: str
    least: int
    need: Ratio | None
    month: float
    risk: str


@dataclass(frozen=True)
class DemandRow:
    """What one machine's work needed: used shares at the percentile, by the names of resources."""

    machine: Machine
    days: float
    busy: float | None
    used: Mapping[str, float | None]
    names: Mapping[str, str]


@dataclass(frozen=True)
class ForecastRow:
    """What may reach its limit, and when."""

    forecast: LimitForecast
    what: str
    when: str


class SizingPage:
    """``page.sizing`` of templates.

    Args:
        data: of the report.
    """

    def __init__(self, data: ReportData) -> None:
        self._data, self._sizing = data, data.sizing

    @property
    def rules(self) -> SizingRules:
        """Percentile, headroom and look-back period."""
        return self._sizing.rules

    @property
    def percentile(self) -> str:
        """The percentile as a number."""
        return _plain(self.rules.percentile, self._data.language)

    @property
    def headroom(self) -> str:
        """The headroom in percent, as a number."""
        return _plain(self.rules.headroom_percent, self._data.language)

    @property
    def totals(self) -> FleetTotals:
        """The fleet in money."""
        return self._sizing.totals

    @property
    def sentences(self) -> Sequence[str]:
        """What those who pay read first."""
        return sentences(self.totals, self._sizing.advices, self._data.language)

    @property
    def money(self) -> str:
        """What the machines cost, and what of it was for idle time."""
        name = self._data.machines[0].name
        return money_sentence(self._sizing.money, name, self._data.language)

    @property
    def short(self) -> str:
        """Of which machines less than the look-back period is known; "": of none."""
        return short_sentence(self._sizing.advices, self.rules, self._data.language)

    @property
    def states(self) -> Sequence[tuple[str, int]]:
        """How many machines are found to be what; none of what none is."""
        counts = self.totals.states
        words = (
            (labels.state_words(one, self._data.language), counts[one]) for one in Provisioning
        )
        return [(word, count) for word, count in words if count]

    @cached_property
    def rows(self) -> Sequence[SizeRow]:
        """Every machine, the greatest saving first."""
        return [self._row(advice) for advice in self._sizing.advices]

    @property
    def tables(self) -> Iterator[Sequence[SizeRow]]:
        """The same in short tables."""
        for first in range(0, len(self.rows), ROWS_OF_A_TABLE):
            yield self.rows[first : first + ROWS_OF_A_TABLE]

    @property
    def several(self) -> Sequence[SeveralRow]:
        """The machines in whose place more of one type cost less."""
        return [
            row for advice in self._sizing.by_several if (row := self._several(advice)) is not None
        ]

    @property
    def demand_tables(self) -> Iterator[Sequence[DemandRow]]:
        """What each machine's work needed, in the order of the findings."""
        every = [_demand_row(advice.finding.demand) for advice in self._sizing.advices]
        for first in range(0, len(every), ROWS_OF_A_TABLE):
            yield every[first : first + ROWS_OF_A_TABLE]

    @cached_property
    def forecasts(self) -> Sequence[ForecastRow]:
        """What may reach its limit within the forecast, the soonest first."""
        return [
            ForecastRow(
                one,
                f"{labels.resource_words(one.resource, self._data.language)} {one.name}".strip(),
                labels.reach_words(one.reach, self._data.language),
            )
            for one in forecast_rows.in_sight(self._sizing.forecasts)
        ]

    @property
    def out_of_sight(self) -> int:
        """How many peaks and file systems surely do not."""
        return len(forecast_rows.out_of_sight(self._sizing.forecasts))

    @property
    def not_told(self) -> int:
        """How many vary so much that nothing can be said."""
        return len(forecast_rows.not_told(self._sizing.forecasts))

    @property
    def too_short(self) -> int:
        """Of how many there is too little data."""
        return len(forecast_rows.too_short(self._sizing.forecasts))

    @property
    def filling(self) -> Sequence[Machine]:
        """The machines whose file systems are drawn: those that are full the soonest."""
        return self._first(MachineResource.FILE_SYSTEM)

    @property
    def peaking(self) -> Sequence[Machine]:
        """The machines whose daily peaks of CPU are drawn."""
        return self._first(MachineResource.CPU)

    def _first(self, resource: MachineResource) -> Sequence[Machine]:
        found: dict[str, Machine] = {}
        for row in self.forecasts:
            reach = row.forecast.reach
            if row.forecast.resource is resource and reach and reach.kind is not ReachKind.NOW:
                found.setdefault(row.forecast.machine.name, row.forecast.machine)
        return list(found.values())[:MOST_DRAWN]

    def _row(self, advice: Advice) -> SizeRow:
        language, target, risk = self._data.language, advice.target, advice.risk
        said = "\N{EN DASH}"
        if target:
            said = labels.target_words(target, language)
        elif advice.why_none:
            said = labels.why_none_words(advice.why_none, language)
        if not target and advice.several:
            said = language.say(
                "none alone; {several}, see below",
                several=labels.target_words(advice.several, language),
            )
        return SizeRow(
            advice.machine,
            advice,
            labels.state_words(advice.finding.state, language),
            labels.reasons_words(advice.finding, language),
            advice.finding.state is Provisioning.UNDER,
            said,
            labels.risk_words(advice, risk, target, self.rules, language)
            if target and risk
            else "",
        )

    def _several(self, advice: Advice) -> SeveralRow | None:
        language, target, risk = self._data.language, advice.several, advice.risk_of_several
        if target is None or risk is None:
            return None
        return SeveralRow(
            advice.machine,
            advice,
            labels.target_words(target, language),
            target.least,
            target.need,
            target.month,
            labels.risk_words(advice, risk, target, self.rules, language),
        )


def _plain(value: float, language: Language) -> str:
    return language.number(value, 0 if value == round(value) else 1)


def _demand_row(demand: SizeDemand) -> DemandRow:
    uses = {str(one): demand.use(one) for one in REPORTED}
    return DemandRow(
        demand.machine,
        demand.seconds / DAY,
        demand.busy.mean() if demand.busy else None,
        {name: use.used for name, use in uses.items()},
        {name: use.name for name, use in uses.items()},
    )
